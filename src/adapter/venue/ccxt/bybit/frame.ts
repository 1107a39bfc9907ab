import type { Instrument } from '../../../../domain/instrument.ts'
import { fieldsOf, numberAt, rowsOf, textIn, timeAt, type Fields } from '../../../ccxt/wire-field.ts'
import type { News, StreamStep } from '../dialect.ts'
import { isFunding, isTrade, orderOfExecution, readExecution, readOrder } from './order-answer.ts'

const NOTHING: readonly News[] = []

/** Reads a frame of the private stream; symbols that are not traded say nothing. */
export function readFrame(frame: unknown, listed: ReadonlyMap<string, Instrument>): readonly News[] {
  if (typeof frame !== 'object' || frame === null) return NOTHING
  const body = fieldsOf(frame, 'frame')
  const topic = textIn(body, 'topic')
  if (topic === undefined) return NOTHING
  return rowsOf(body['data'], topic).flatMap((row) => newsOf(topic.split('.')[0]!, row, listed))
}

function newsOf(topic: string, row: Fields, listed: ReadonlyMap<string, Instrument>): readonly News[] {
  const instrument = listed.get(textIn(row, 'symbol') ?? '')
  if (!instrument || (row['category'] !== undefined && row['category'] !== 'linear')) return NOTHING
  switch (topic) {
    case 'order':
      return [{ kind: 'order', order: readOrder(row, instrument), execution: null }]
    case 'execution':
      if (isFunding(row)) return [{ kind: 'funding', venueTime: timeAt(row, 'execTime') }]
      if (!isTrade(row)) return NOTHING
      return [
        {
          kind: 'order',
          order: orderOfExecution(row, instrument),
          execution: readExecution(row, instrument),
        },
      ]
    case 'position':
      return [{ kind: 'leverage', instrument, leverage: numberAt(row, 'leverage') }]
    default:
      return NOTHING
  }
}

const SUBSCRIPTION = { op: 'subscribe', args: ['order', 'execution', 'position'] } as const

/** From the login over the subscription to a stream that tells. */
export function onGreeted(frame: unknown): StreamStep | null {
  if (typeof frame !== 'object' || frame === null) return null
  const body = fieldsOf(frame, 'frame')
  const refused = body['success'] === false
  switch (body['op']) {
    case 'auth':
      if (refused) return { kind: 'refused', message: textIn(body, 'ret_msg') ?? 'the login was refused' }
      return { kind: 'send', message: SUBSCRIPTION }
    case 'subscribe':
      if (refused) return { kind: 'refused', message: textIn(body, 'ret_msg') ?? 'the subscription was refused' }
      return { kind: 'ready' }
    default:
      return null
  }
}
