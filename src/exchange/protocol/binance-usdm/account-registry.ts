import { createExchange, type EmbeddedExchange } from '../../exchange.ts'
import type { Ledger } from '../../ledger.ts'
import type { ExchangeParameters } from '../../parameters.ts'
import { forkTape } from '../../tape-fork.ts'
import type { Tape } from '../../tape.ts'
import type { AccountStream } from './account-stream.ts'
import { createAccount, type Account } from './account.ts'
import type { ApiKey } from './auth.ts'
import { createListenKeys, type ListenKeys } from './listen-keys.ts'
import { createOwnHand, type OwnHand } from './own-hand.ts'
import { createStreamFaults, type StreamFaults } from './stream-faults.ts'
import type { StreamHub } from './stream-hub.ts'
import { createOrderUsage, type Usage } from './usage.ts'

/** One account, with all that belongs to it alone. */
export interface ServedAccount {
  /** From 1, in the order of the keys. */
  readonly number: number
  readonly key: ApiKey
  readonly account: Account
  /** The exchange's own books: what a client must agree with. */
  readonly ledger: Ledger
  readonly listenKeys: ListenKeys
  readonly stream: AccountStream
  readonly streamFaults: StreamFaults
  readonly orderUsage: Usage
  readonly ownHand: OwnHand
}

export interface AccountRegistry {
  readonly all: readonly [ServedAccount, ...ServedAccount[]]
  readonly exchanges: readonly [EmbeddedExchange, ...EmbeddedExchange[]]
  /** Whose key it is. */
  byKey(apiKey: string | undefined): ServedAccount | undefined
  /** Who listens under it; only while it is valid. */
  byListenKey(listenKey: string): ServedAccount | undefined
  /** Throws a RangeError where there is no such account. @param number absent: 1 */
  byNumber(number: number | undefined): ServedAccount
}

export interface AccountRegistryOptions {
  readonly keys: readonly [ApiKey, ...ApiKey[]]
  readonly tape: Tape
  readonly parameters: ExchangeParameters
  readonly hub: StreamHub
  readonly now: () => number
  readonly strictLimits: boolean
  readonly countdownCoversAlgo: boolean
}

/** Opens an account for each key, with a matching core of its own on the one tape: accounts do not meet each other. */
export function openAccounts(options: AccountRegistryOptions): AccountRegistry {
  const { keys, parameters, now } = options
  const tapes = forkTape(options.tape, keys.length)

  const open = (key: ApiKey, at: number): ServedAccount => {
    const exchange = createExchange({ tape: tapes[at]!, parameters, keepFills: true })
    const account = createAccount(exchange, parameters.leverage, parameters.marginMode)
    const streamFaults = createStreamFaults()
    const stream = options.hub.openAccount(streamFaults)
    const listenKeys = createListenKeys((ended) =>
      stream.expire(ended, { e: 'listenKeyExpired', E: now(), listenKey: ended }),
    )
    const ownHand = createOwnHand({
      account,
      now,
      latencyMs: parameters.latencyMs,
      countdownCoversAlgo: options.countdownCoversAlgo,
      expireListenKey: listenKeys.expire,
    })
    const orderUsage = createOrderUsage(options.strictLimits)
    const { ledger } = exchange
    return { number: at + 1, key, account, ledger, listenKeys, stream, streamFaults, orderUsage, ownHand }
  }
  const [firstKey, ...otherKeys] = keys
  const first = open(firstKey, 0)
  const others = otherKeys.map((key, i) => open(key, i + 1))
  const all = [first, ...others] as const
  const known = new Map(all.map((served) => [served.key.apiKey, served]))
  if (known.size < all.length) throw new RangeError('two accounts have the same key')

  return {
    all,
    exchanges: [first.account.exchange, ...others.map(({ account }) => account.exchange)],
    byKey: (apiKey) => (apiKey === undefined ? undefined : known.get(apiKey)),
    byListenKey: (listenKey) => all.find(({ listenKeys }) => listenKeys.isValid(listenKey)),
    byNumber(number = 1) {
      const found = all.find((served) => served.number === number)
      if (found === undefined) throw new RangeError(`there is no account ${number}: this exchange has ${all.length}`)
      return found
    },
  }
}
