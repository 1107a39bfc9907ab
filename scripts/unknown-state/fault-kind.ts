import type { RequestFault } from '../../src/exchange/protocol/binance-usdm/request-faults.ts'

/** Uniform in [0, 1). */
export type Draw = () => number

/** A way in which a placement goes wrong, or what is asked about it afterwards. */
export interface FaultKind {
  readonly name: string
  readonly faults: (clientId: string, draw: Draw) => readonly RequestFault[]
}

const eitherWay = (draw: Draw): 'before' | 'after' => (draw() < 0.5 ? 'before' : 'after')
const LATEST_MS = 60_000
const LONGEST_HIDDEN_MS = 10_000

/** Of Must hold 4, in its order. */
export const FAULT_KINDS: readonly FaultKind[] = [
  { name: 'drop after accept', faults: (id) => [{ method: 'POST', client_id: id, when: 'after', answer: 'drop' }] },
  { name: 'reset before accept', faults: (id) => [{ method: 'POST', client_id: id, when: 'before', answer: 'reset' }] },
  {
    name: '503, either way',
    faults: (id, draw) => {
      const body = { msg: 'Unknown error, please check your request or try again later.' }
      return [{ method: 'POST', client_id: id, when: eitherWay(draw), answer: { status: 503, body } }]
    },
  },
  {
    name: '-1007, either way',
    faults: (id, draw) => {
      const body = { code: -1007, msg: 'Timeout waiting for response from backend server.' }
      return [{ method: 'POST', client_id: id, when: eitherWay(draw), answer: { status: 408, body } }]
    },
  },
  { name: 'half a body', faults: (id) => [{ method: 'POST', client_id: id, when: 'after', answer: 'half_body' }] },
  {
    name: 'late accept',
    faults: (id, draw) => [
      { method: 'POST', client_id: id, when: 'after', answer: 'drop', late_ms: Math.floor(draw() * LATEST_MS) },
    ],
  },
  {
    name: 'hidden order',
    faults: (id, draw) => [
      { method: 'POST', client_id: id, when: 'after', answer: 'drop', hide_ms: Math.floor(draw() * LONGEST_HIDDEN_MS) },
    ],
  },
  {
    name: 'failing query',
    faults: (id, draw) => [
      { method: 'POST', client_id: id, when: eitherWay(draw), answer: 'drop' },
      {
        method: 'GET',
        client_id: id,
        when: 'before',
        answer: { status: 500, body: { code: -1000, msg: 'An unknown error occurred.' } },
        count: 1 + Math.floor(draw() * 8),
      },
    ],
  },
]
