import {
  openExchange,
  OpenExchangeError,
  type Credentials as CcxtCredentials,
  type OpenedExchange,
} from '../../adapter/ccxt/open-exchange.ts'
import type { CcxtEnvironment, CcxtId } from '../../adapter/ccxt/environment.ts'
import { createLockStepClock, type LockStepClock } from '../../adapter/clock/lock-step.ts'
import { openMarketControl, type MarketControl } from '../../adapter/clock/market-control.ts'
import { createSystemClock } from '../../adapter/clock/system.ts'
import type { Wakeup } from '../../adapter/clock/wakeup.ts'
import type { EpochMs } from '../../domain/unit.ts'
import type { Clock } from '../../port/clock.ts'
import type { ExchangeAddress } from './exchange-process.ts'

/** Who is spoken to and how: the same for the account's connection and the keyless one. */
export interface Connection {
  readonly clock: Clock
  /** `null`: the market's time is not ours. */
  readonly control: MarketControl | null
  /** Opens the exchange for the account's own requests. */
  open(keys: CcxtCredentials): Promise<OpenedExchange>
  /** Opens one of its systems without keys, for public data. */
  openPublic(environment: CcxtEnvironment): Promise<OpenedExchange>
  /** Tells the clock what must be answered before time moves. */
  holdWhile(busy: () => boolean): void
}

/** A double of a real exchange on loopback, and the time its market runs on. */
export interface ExchangeDouble {
  readonly restOrigin: string
  readonly streamOrigin: string
  readonly clock: (wakeup: Wakeup) => Clock
}

export interface ConnectOptions {
  readonly id: CcxtId
  readonly environment: CcxtEnvironment
  /** Of an embedded exchange; without a key the market's time is moved for whoever has its first account. */
  readonly address: (Omit<ExchangeAddress, 'key'> & { readonly key: string | null }) | null
  /** For tests, in place of a real exchange; absent: the internet. */
  readonly double?: ExchangeDouble | undefined
  readonly speed: number
  readonly wakeup: Wakeup
  readonly warn: (message: string) => void
  /** The exchange is gone (a reason), or its market is over (`null`). */
  readonly onEnd: (reason: string | null) => void
  /** A request was stopped because of where it was going. */
  readonly onViolation: (message: string) => void
}

export type Connected =
  | { readonly kind: 'ok'; readonly connection: Connection }
  | { readonly kind: 'refused'; readonly message: string }

/** One deadline around every request, answer included. */
const DEADLINE_MS = 10_000

/** Prepares the way to an exchange: its clock, and how to open it. */
export async function connect(options: ConnectOptions): Promise<Connected> {
  const { address, wakeup, id, double } = options
  let busy = (): boolean => false
  let control: MarketControl | null = null
  let clock: Clock & Partial<Pick<LockStepClock, 'observe'>>
  if (address) {
    const opened = await openMarketControl(address.control, {
      ...(address.key !== null && { key: address.key }),
      onLost: options.onEnd,
    })
    if (opened.kind === 'refused') return opened
    control = opened.control
    clock = createLockStepClock({ control, wakeup, speed: options.speed, busy: () => busy(), onEnd: options.onEnd })
  } else if (double) clock = double.clock(wakeup)
  else {
    clock = createSystemClock({
      wakeup,
      onJump: (byMs) => options.warn(`the system clock was set by ${(byMs / 1_000).toFixed(1)} s`),
    })
  }
  const now = (): EpochMs => clock.now()
  const origins = address ? { restOrigin: address.origin, streamOrigin: address.streamOrigin } : double
  const openAt = (environment: CcxtEnvironment, credentials: CcxtCredentials | null): Promise<OpenedExchange> =>
    openExchange({
      id,
      credentials,
      environment,
      ...(origins && { embedded: { restOrigin: origins.restOrigin, streamOrigin: origins.streamOrigin } }),
      clock: { now, observe: (time) => clock.observe?.(time) },
      deadlineMs: DEADLINE_MS,
      onViolation: (violation) => options.onViolation(violation.message),
    })
  return {
    kind: 'ok',
    connection: {
      clock,
      control,
      holdWhile(check) {
        busy = check
      },
      open: (keys) => openAt(options.environment, keys),
      openPublic: (environment) => openAt(environment, null),
    },
  }
}

/** Mistakes of the configuration that opening finds. */
export const isOpeningMistake = (error: unknown): error is OpenExchangeError => error instanceof OpenExchangeError
