import { isDeepStrictEqual } from 'node:util'
import type { AccountReader } from '../../domain/account-report.ts'
import { MAX_LIFE_MS, requestSchema, type ControlAnswer, type ControlCommand, type ControlQuery } from './message.ts'
import type { CommandOutcome, ControlTarget } from './target.ts'

/** Commands remembered until they have expired; more at once are refused. */
const MAX_REMEMBERED = 256
/** The engine takes a command within a loop; longer means that it hangs. */
const SUBMIT_MS = 5_000

interface Remembered {
  readonly command: ControlCommand
  readonly expires: number
  readonly answer: Promise<ControlAnswer>
}

/** Turns one line into one answer; `now` is the wall clock in epoch ms. Never throws. */
export function createResponder(target: ControlTarget, now: () => number): (line: string) => Promise<ControlAnswer> {
  const remembered = new Map<string, Remembered>()

  function command(nonce: string, expires: number, wanted: ControlCommand): Promise<ControlAnswer> {
    const time = now()
    for (const [key, each] of remembered) if (each.expires < time) remembered.delete(key)
    const known = remembered.get(nonce)
    if (known) {
      if (isDeepStrictEqual(known.command, wanted)) return known.answer
      return Promise.resolve(refused('nonce_used', 'this nonce belongs to another command'))
    }
    if (expires < time)
      return Promise.resolve(refused('expired', 'the command came after its time and was not carried out'))
    if (expires > time + MAX_LIFE_MS)
      return Promise.resolve(refused('expires_too_late', `a command may live for ${MAX_LIFE_MS / 1_000} s at most`))
    if (remembered.size >= MAX_REMEMBERED)
      return Promise.resolve(refused('busy', `more than ${MAX_REMEMBERED} commands within a minute`))
    const answer = submitted(target, wanted)
    remembered.set(nonce, { command: wanted, expires, answer })
    return answer
  }

  return async (line) => {
    let json: unknown
    try {
      json = JSON.parse(line)
    } catch {
      return refused('bad_request', 'a request is one line of JSON')
    }
    const parsed = requestSchema.safeParse(json)
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      return refused('bad_request', `${issue?.path.join('.') || 'request'}: ${issue?.message ?? 'not understood'}`)
    }
    const request = parsed.data
    if (request.kind === 'command') return command(request.nonce, request.expires, request.command)
    try {
      return { kind: 'ok', result: read(target.reader, request.query) }
    } catch (error) {
      return refused('read_failed', error instanceof Error ? error.message : String(error))
    }
  }
}

function read(reader: AccountReader, query: ControlQuery): unknown {
  switch (query.name) {
    case 'status':
      return reader.status()
    case 'orders':
      return reader.orders()
    case 'positions':
      return reader.positions()
    case 'trades':
      return reader.trades(query)
  }
}

async function submitted(target: ControlTarget, command: ControlCommand): Promise<ControlAnswer> {
  let timer: NodeJS.Timeout | undefined
  const slow = new Promise<CommandOutcome>((resolve) => {
    const message = 'the engine has not taken it yet, and may still do so. Look with status, or use panic'
    timer = setTimeout(() => resolve({ kind: 'refused', code: 'engine_slow', message }), SUBMIT_MS)
  })
  try {
    const outcome = await Promise.race([target.submit(command), slow])
    return outcome.kind === 'done' ? { kind: 'ok', result: outcome } : refused(outcome.code, outcome.message)
  } catch (error) {
    return refused('command_failed', error instanceof Error ? error.message : String(error))
  } finally {
    clearTimeout(timer)
  }
}

const refused = (code: string, message: string): ControlAnswer => ({ kind: 'refused', code, message })
