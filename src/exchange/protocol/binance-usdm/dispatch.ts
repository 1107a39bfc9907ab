import type { Instrument } from '../../../domain/instrument.ts'
import { createRestlessClock } from '../../../domain/restless-clock.ts'
import type { ExchangeParameters } from '../../parameters.ts'
import type { AccountRegistry, ServedAccount } from './account-registry.ts'
import { accountRoutes } from './account-route.ts'
import { ALGO_ROUTES } from './algo-route.ts'
import { checkSignature, keyFailure } from './auth.ts'
import type { Contracts } from './contracts.ts'
import type { Driver } from './driver.ts'
import type { Incoming } from './incoming.ts'
import { LISTEN_KEY_ROUTES } from './listen-key-route.ts'
import type { MarketData } from './market-data-port.ts'
import type { Pacer } from './pacer.ts'
import { REGULAR_ROUTES } from './regular-route.ts'
import { failure, UNKNOWN_PATH } from './reject-code.ts'
import type { RequestFault } from './request-faults.ts'
import { ok, type Call, type Outcome, type Route } from './route.ts'
import { createWeightUsage } from './usage.ts'

/** Carries requests out. */
export interface Dispatch {
  /**
   * Counts a request, checks whose it is, and does what it asks.
   * @param sender whose key it has
   */
  outcomeOf(request: Incoming, sender: ServedAccount | undefined, fault: RequestFault | null): Promise<Outcome>
  /** What the answer says of the limits that have been used. */
  usageOf(sender: ServedAccount | undefined): Readonly<Record<string, string>>
}

export interface DispatchOptions {
  readonly accounts: AccountRegistry
  readonly marketData: MarketData
  readonly parameters: ExchangeParameters
  readonly driver: Driver
  /** `null`: lock-step. */
  readonly pacer: Pacer | null
  /** Market time per wall time, at least 1. */
  readonly pace: number
  readonly strictLimits: boolean
  readonly mark: (instrument: Instrument) => number
  readonly contracts: Contracts
}

export function createDispatch(options: DispatchOptions): Dispatch {
  const { marketData, parameters, driver, pacer, pace, contracts } = options
  const { latencyMs } = parameters
  const { instruments } = options.accounts.all[0].account.exchange
  const weight = createWeightUsage(options.strictLimits)
  // Who has used up the budget of a minute would wait for its end for ever, where market time waits for him.
  const budgetTime = createRestlessClock(
    () => driver.now,
    () => performance.now(),
  )
  const routes = new Map<string, Route>(
    Object.entries({
      ...REGULAR_ROUTES,
      ...ALGO_ROUTES,
      ...accountRoutes({ ...parameters, mark: options.mark }),
      ...LISTEN_KEY_ROUTES,
    } satisfies Record<string, Route>),
  )

  /** When a request was sent: what it says of itself, within the latency that it can have had. */
  function sentAt(query: URLSearchParams): number {
    const stamped = Number(query.get('timestamp'))
    if (pacer || !Number.isFinite(stamped)) return driver.now
    return Math.min(driver.now, Math.max(stamped, driver.now - latencyMs))
  }

  function callOf(sender: ServedAccount, query: URLSearchParams, fault: RequestFault | null): Call {
    const { account, listenKeys, stream } = sender
    const sent = sentAt(query)
    return {
      parameters: query,
      account,
      listenKeys,
      instruments,
      now: () => driver.now,
      sentAt: sent,
      async latency() {
        const due = sent + latencyMs
        if (pacer) await pacer.reached(due)
        // Without latency it is due at once, and nobody has played it yet.
        driver.playTo(Math.max(due, driver.now))
      },
      lateMs: fault?.late_ms ?? 0,
      hideMs: fault?.hide_ms ?? 0,
      contracts,
      tell: (frame) => void stream.send([frame]),
    }
  }

  function publicAnswer({ method, path, parameters: query }: Incoming): Outcome {
    const answer = method === 'GET' ? marketData.answer(path, query, driver.now, contracts.statusOf) : undefined
    if (!answer) return UNKNOWN_PATH
    const over = weight.count(budgetTime(), answer.weight)
    if (over) return over
    if (answer.status === 200) return ok(answer.body)
    const { code, msg } = answer.body as { code: number; msg: string }
    return failure(code, msg, answer.status)
  }

  return {
    async outcomeOf(request, sender, fault) {
      const { method, path, parameters: query, raw } = request
      const route = routes.get(`${method} ${path}`)
      if (!route) return publicAnswer(request)
      const now = budgetTime()
      const over = weight.count(now, route.weight) ?? (route.order === true ? sender?.orderUsage.count(now, 1) : null)
      if (over) return over
      if (!sender) return keyFailure(request.key)
      const denied =
        route.access === 'signed'
          ? checkSignature({ raw, parameters: query }, sender.key.secret, driver.now, pace)
          : null
      return denied ?? (await route.handle(callOf(sender, query, fault)))
    },
    usageOf(sender) {
      const now = budgetTime()
      return { ...weight.headers(now), ...sender?.orderUsage.headers(now) }
    },
  }
}
