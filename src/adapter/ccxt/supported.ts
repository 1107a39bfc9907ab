import type { CcxtId } from './environment.ts'

const SUPPORTED: ReadonlySet<string> = new Set<CcxtId>(['binanceusdm', 'bybit', 'okx'])

/** What ccxt or the venue does that would cost money until an adapter with tests of its own stands in between. */
const REASONS: Readonly<Record<string, string>> = {
  binance: 'its class speaks to spot as well; the futures are binanceusdm',
  mexc: 'ccxt sends its stops as market orders that are executed at once',
  phemex:
    'ccxt sends its stops as market orders that are executed at once, and its post-only orders as ones that may take',
  deribit: 'ccxt sends its triggered orders as market orders that are executed at once',
  gate: 'ccxt drops protective orders that are attached to an entry, and may cancel everything instead of one order',
  bitget: 'one lost answer at start makes ccxt speak to the wrong part of it for good',
  hyperliquid: 'ccxt approves a fee for its builder on your behalf before the first order',
  krakenfutures: 'its timer against lost connections takes protective stops along',
  kucoinfutures: 'it has no test environment',
  bingx: 'its stops have no test against recorded answers yet',
}

export type ExchangeChoice =
  | { readonly kind: 'supported'; readonly id: CcxtId }
  /** A sentence without a full stop. */
  | { readonly kind: 'refused'; readonly message: string }

const isSupported = (name: string): name is CcxtId => SUPPORTED.has(name)

/** Whether the bot trades on an exchange, and if not, why. */
export function chooseExchange(name: string): ExchangeChoice {
  if (isSupported(name)) return { kind: 'supported', id: name }
  const why = REASONS[name] ?? 'it has no tests of its requests and failures yet'
  return { kind: 'refused', message: `${name} is not traded on: ${why}; there are ${[...SUPPORTED].join(', ')}` }
}
