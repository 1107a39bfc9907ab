import { fieldsOf, rowsOf, textIn, type Fields } from '../../../ccxt/wire-field.ts'
import type { News, StreamStep } from '../dialect.ts'
import type { Contract } from './contract.ts'
import { executionIn, readAlgo, readOrder } from './order-answer.ts'

const NOTHING: readonly News[] = []

/** Reads a frame of either private socket; swaps that are not traded say nothing. */
export function readFrame(frame: unknown, contracts: ReadonlyMap<string, Contract>): readonly News[] {
  if (typeof frame !== 'object' || frame === null) return NOTHING
  const body = fieldsOf(frame, 'frame')
  if (body['event'] === 'error')
    return [{ kind: 'alarm', code: 'STREAM_ERROR', message: `the stream says: ${textIn(body, 'msg') ?? 'error'}` }]
  if (body['data'] === undefined || body['arg'] === undefined) return NOTHING
  const channel = fieldsOf(body['arg'], 'arg')['channel']
  return rowsOf(body['data'], 'data').flatMap((row) => {
    const contract = contracts.get(textIn(row, 'instId') ?? '')
    return contract ? newsOf(channel, row, contract) : NOTHING
  })
}

function newsOf(channel: unknown, row: Fields, contract: Contract): readonly News[] {
  switch (channel) {
    case 'orders': {
      const order = readOrder(row, contract)
      const news: News = { kind: 'order', order, execution: executionIn(row, contract) }
      const parent = textIn(row, 'algoClOrdId')
      if (parent === undefined) return [news]
      // It names the conditional order it came from.
      const triggered: News = {
        kind: 'order',
        execution: null,
        order: {
          ...order,
          namespace: 'conditional',
          venueId: textIn(row, 'algoId') ?? '',
          clientOrderId: parent,
          filled: contract.instrument.lotSize.times(0) as typeof order.filled,
          status: 'triggered',
          childId: order.venueId,
          reason: 'triggered',
        },
      }
      return [triggered, news]
    }
    case 'orders-algo':
      return [{ kind: 'order', order: readAlgo(row, contract), execution: null }]
    default:
      return NOTHING
  }
}

/** From the login over one subscription to a socket that tells. */
export function greeted(channel: string): (frame: unknown) => StreamStep | null {
  return (frame) => {
    if (typeof frame !== 'object' || frame === null) return null
    const body = fieldsOf(frame, 'frame')
    switch (body['event']) {
      case 'login':
        return textIn(body, 'code') === '0'
          ? { kind: 'send', message: { op: 'subscribe', args: [{ channel, instType: 'SWAP' }] } }
          : { kind: 'refused', message: textIn(body, 'msg') ?? 'the login was refused' }
      case 'subscribe':
        return { kind: 'ready' }
      case 'error':
        return { kind: 'refused', message: textIn(body, 'msg') ?? 'the stream was refused' }
      default:
        return null
    }
  }
}
