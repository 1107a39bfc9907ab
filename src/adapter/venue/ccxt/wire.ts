import pRetry from 'p-retry'
import { blankRecord, recordCall } from '../../ccxt/call-record.ts'
import type { OpenedExchange } from '../../ccxt/open-exchange.ts'
import { penaltyMs } from '../../ccxt/penalty.ts'
import type { Cost, Priority, PriorityLimiter } from '../../limiter/priority-limiter.ts'
import { ENTRY_BARRED, type CallFailure } from './classification.ts'

/** A request that did not bring a usable answer. */
export class CallError extends Error {
  override readonly name = 'CallError'
  readonly failure: CallFailure
  constructor(failure: CallFailure) {
    super(failure.message)
    this.failure = failure
  }
}

export type Parameters = Readonly<Record<string, string | number | boolean>>

export interface Request {
  readonly method: string
  readonly cost: Cost
  /** A list where the venue wants its requests in one. */
  readonly parameters: Parameters | readonly Parameters[]
  /** Asked immediately before it leaves, each time: what is wanted no more never does. Absent: it is. */
  readonly isWanted?: () => boolean
}

export interface Wire {
  /** Sends exactly once, as soon as the limiter lets it; rejects with a {@link CallError}. */
  send(priority: Priority, request: Request): Promise<unknown>
  /** For reads and for what can be said twice: a few attempts while the failure may pass, no second one within a penalty. */
  ask(priority: Priority, request: Request): Promise<unknown>
  /** Requests that left and have no answer yet. */
  readonly inFlight: number
}

/** Ms in which a venue that has said it was asked too often is asked nothing; `null`: it has said nothing of the kind. */
export type TooOften = (failure: Pick<CallFailure, 'record' | 'venueCode'>) => number | null

export interface WireOptions {
  readonly exchange: OpenedExchange
  readonly limiter: PriorityLimiter
  /** The venue's own code in a body; `null` where there is none. */
  readonly venueCodeOf: (body: string) => string | null
  /** Bucket of the limiter that the venue's used-weight header speaks of. */
  readonly weightBucket: number
  /** The venue's own ways to say that it was asked too often. Absent: it says so by HTTP status. */
  readonly tooOften?: TooOften
  /** Asked immediately before an entry leaves: a sentence forbids it. Absent: nothing does. */
  readonly barred?: () => string | null
  /** Hears of each request that failed. */
  readonly onFailure?: (failure: CallFailure) => void
}

const RETRIES = 2
const RETRY_MIN_MS = 100
const RETRY_FACTOR = 3
const MAX_MESSAGE = 300

/** Addresses carry signatures: whoever reads a message needs the path alone. */
const withoutQuery = (message: string): string => message.replaceAll(/(https?:\/\/[^\s?]+)\?\S*/g, '$1')

const REFUSED_BY_LIMITER = 'LimiterRefusal'
const WITHDRAWN = 'Withdrawn'
/** Saying it again cannot change these. */
const FINAL: ReadonlySet<string> = new Set([REFUSED_BY_LIMITER, WITHDRAWN])

const NEVER_SENT = 'the request budget is used up; nothing was sent'

/** Whether the same question may be answered a moment later. */
function mayPass({ record, venueCode, errorName }: CallFailure): boolean {
  if (FINAL.has(errorName)) return false
  if (record.phase !== 'answered') return true
  return record.status >= 500 || record.status === 408 || record.status === 429 || venueCode === null
}

const penaltyOf = (failure: CallFailure, tooOften: TooOften | undefined): number | null =>
  penaltyMs(failure.record, tooOften?.(failure) ?? null)

/** ccxt writes into what it is given. */
const copyOf = (parameters: Request['parameters']): unknown =>
  isList(parameters) ? parameters.map((each) => ({ ...each })) : { ...parameters }

const isList = (parameters: Request['parameters']): parameters is readonly Parameters[] => Array.isArray(parameters)

export function createWire(options: WireOptions): Wire {
  const { exchange, limiter, venueCodeOf, weightBucket, tooOften, barred, onFailure } = options
  let inFlight = 0

  async function dispatch(priority: Priority, request: Request): Promise<unknown> {
    const record = blankRecord()
    const why = priority === 'entry' ? (barred?.() ?? null) : null
    if (why !== null) throw new CallError({ record, venueCode: null, errorName: ENTRY_BARRED, message: why })
    if (request.isWanted?.() === false)
      throw new CallError({ record, venueCode: null, errorName: WITHDRAWN, message: 'wanted no more before it left' })
    inFlight += 1
    try {
      return await recordCall(record, () => exchange.request(request.method, copyOf(request.parameters)))
    } catch (error) {
      const errorName = error instanceof Error ? error.constructor.name : typeof error
      const message = withoutQuery(error instanceof Error ? error.message : String(error)).slice(0, MAX_MESSAGE)
      const failure: CallFailure = { record, venueCode: venueCodeOf(record.body), errorName, message }
      const penaltyMs = penaltyOf(failure, tooOften)
      if (penaltyMs !== null) limiter.penalise(penaltyMs)
      onFailure?.(failure)
      throw new CallError(failure)
    } finally {
      inFlight -= 1
      if (record.usedWeight !== null) limiter.observe(weightBucket, record.usedWeight)
    }
  }

  function send(priority: Priority, request: Request): Promise<unknown> {
    const grant = limiter.acquire(priority, request.cost)
    if (grant === 'granted') return dispatch(priority, request)
    return Promise.resolve(grant).then((late) => {
      if (late === 'granted') return dispatch(priority, request)
      throw new CallError({
        record: blankRecord(),
        venueCode: null,
        errorName: REFUSED_BY_LIMITER,
        message: NEVER_SENT,
      })
    })
  }

  return {
    send,
    ask(priority, request) {
      let turn = priority
      return pRetry(() => send(turn, request), {
        retries: RETRIES,
        minTimeout: RETRY_MIN_MS,
        factor: RETRY_FACTOR,
        randomize: true,
        shouldRetry({ error }) {
          if (!(error instanceof CallError)) return false
          const { failure } = error
          const isPenalised = penaltyOf(failure, tooOften) !== null
          // What may leave within a penalty is not for what has just been refused: that waits for the end like all others.
          if (isPenalised && turn === 'protective') turn = 'deferred'
          return mayPass(failure) || (isPenalised && failure.record.status === 200)
        },
      })
    },
    get inFlight() {
      return inFlight
    },
  }
}
