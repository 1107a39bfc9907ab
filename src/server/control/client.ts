import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import {
  answerSchema,
  MAX_ANSWER_BYTES,
  type ControlAnswer,
  type ControlCommand,
  type ControlQuery,
  type ControlRequest,
} from './message.ts'

const LIFE_MS = 10_000
const ANSWER_MS = 8_000

export type Asked =
  | ControlAnswer
  /** Nobody listens there. */
  | { readonly kind: 'not_running' }
  /** Somebody listens and does not answer: the bot hangs or is stopped. */
  | { readonly kind: 'silent'; readonly message: string }

export const askBot = (path: string, query: ControlQuery, withinMs?: number): Promise<Asked> =>
  exchange(path, { v: 1, kind: 'query', query }, withinMs)

/** Sends a command once; one that a stopped bot only reads after its life is refused, not carried out. */
export const tellBot = (path: string, command: ControlCommand, withinMs?: number): Promise<Asked> =>
  exchange(
    path,
    { v: 1, kind: 'command', nonce: randomBytes(16).toString('hex'), expires: Date.now() + LIFE_MS, command },
    withinMs,
  )

function exchange(path: string, request: ControlRequest, withinMs = ANSWER_MS): Promise<Asked> {
  return new Promise((resolve) => {
    const socket = connect(path)
    let received = Buffer.alloc(0)
    const told = (answer: Asked): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(answer)
    }
    const timer = setTimeout(
      () => told({ kind: 'silent', message: `the bot accepts, but has said nothing for ${withinMs / 1_000} s` }),
      withinMs,
    )
    socket.on('connect', () => socket.write(`${JSON.stringify(request)}\n`))
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const nobody = error.code === 'ENOENT' || error.code === 'ECONNREFUSED' || error.code === 'ENOTDIR'
      told(nobody ? { kind: 'not_running' } : { kind: 'silent', message: `the control socket fails: ${error.message}` })
    })
    socket.on('end', () => told({ kind: 'silent', message: 'the bot hung up without an answer' }))
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      const end = received.indexOf(10)
      if (end >= 0) told(answerOf(received.subarray(0, end).toString('utf8')))
      else if (received.length > MAX_ANSWER_BYTES) told({ kind: 'silent', message: 'the answer is too long' })
    })
  })
}

function answerOf(line: string): Asked {
  try {
    const parsed = answerSchema.safeParse(JSON.parse(line))
    if (parsed.success) return parsed.data
  } catch {
    // Told below, like any other answer that is none.
  }
  return { kind: 'silent', message: 'the bot answers in another version’s words; restart it' }
}
