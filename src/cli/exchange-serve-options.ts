import type { Invocation } from './command.ts'
import { wholeNumber } from './whole-number.ts'

export interface ServeOptions {
  readonly port: number
  readonly seed: number
  /** Files of candles; `null`: the crowd. */
  readonly tape: readonly string[] | null
  /** Market time per wall time; `null`: lock-step. */
  readonly speed: number | null
  /** USDT in each account. */
  readonly balance: number
  readonly accounts: number
  readonly faultsFile: string | null
  /** More faults may be posted while it runs. */
  readonly acceptFaults: boolean
  readonly keyFile: string | null
  readonly parent: boolean
}

const MAX_PORT = 65_535
const MAX_SPEED = 10_000
const MAX_SEED = 2 ** 31 - 1
const MAX_BALANCE = 1e12
/** Each has a matching core of its own that plays the whole market. */
const MAX_ACCOUNTS = 16
const LOCK_STEP = 'lock-step'

/** The command's own options, or a sentence about the first that is wrong. */
export function readServeOptions(
  given: Invocation['options'],
  wallet: number,
): { readonly kind: 'ok'; readonly options: ServeOptions } | { readonly kind: 'wrong'; readonly message: string } {
  const text = (name: string): string | null => {
    const value = given[name]
    return typeof value === 'string' ? value : null
  }
  const wrong = (message: string): { readonly kind: 'wrong'; readonly message: string } => ({ kind: 'wrong', message })
  const port = wholeNumber(given['port'], MAX_PORT)
  if (port === undefined) return wrong(`--port ${text('port')}: a whole number from 0 to ${MAX_PORT}.`)
  const seed = wholeNumber(given['seed'], MAX_SEED)
  if (seed === undefined) return wrong(`--seed ${text('seed')}: a whole number from 0 to ${MAX_SEED}.`)
  const lockStep = given['speed'] === LOCK_STEP
  const speed = lockStep ? null : Number(given['speed'])
  if (speed !== null && !(speed > 0 && speed <= MAX_SPEED))
    return wrong(`--speed ${text('speed')}: a number above 0, at most ${MAX_SPEED}, or ${LOCK_STEP}.`)
  const balance = given['balance'] === undefined ? wallet : Number(given['balance'])
  if (!(balance > 0 && balance <= MAX_BALANCE)) return wrong(`--balance ${text('balance')}: an amount above 0.`)
  const accounts = wholeNumber(given['accounts'], MAX_ACCOUNTS)
  if (accounts === undefined || accounts === 0)
    return wrong(`--accounts ${text('accounts')}: a whole number from 1 to ${MAX_ACCOUNTS}.`)
  const { tape } = given
  return {
    kind: 'ok',
    options: {
      port,
      seed,
      tape: Array.isArray(tape) && tape.length > 0 ? (tape as readonly string[]) : null,
      speed,
      balance,
      accounts,
      faultsFile: text('faults'),
      acceptFaults: given['acceptFaults'] === true,
      keyFile: text('keyFile'),
      parent: given['parent'] === true,
    },
  }
}
