import { nearestWord } from './edit-distance.ts'

/** The exchanges that the bot knows how to protect a position on. */
export const EXCHANGES = ['embedded', 'binanceusdm', 'bybit', 'okx'] as const
export type ExchangeName = (typeof EXCHANGES)[number]
export type ExchangeEnvironment = 'demo' | 'testnet'

/** The play-money systems of each exchange, the usual one first. */
export const ENVIRONMENTS: Readonly<Record<ExchangeName, readonly ExchangeEnvironment[]>> = {
  embedded: [],
  binanceusdm: ['demo'],
  bybit: ['testnet', 'demo'],
  okx: ['demo'],
}

/** What is known to go wrong with protective orders where; the others have not been looked at closely enough. */
const REASONS: Readonly<Record<string, string>> = {
  mexc: 'a stop-loss or take-profit order sent there through ccxt is executed as a market order at once',
  phemex: 'post-only is passed on unmapped, so that a resting limit can take',
  deribit: 'an attached stop is not understood, and a stop order may be executed at once',
  gate: 'attached stops are not understood, and a cancel by client id can cancel every order of a contract',
  krakenfutures: 'attached stops are not understood',
  hyperliquid: 'a stop becomes a stop-limit at its trigger unless told otherwise, and may then not fill',
  kucoinfutures: 'it has no play-money system to prove the orders on',
}

const ALIASES: Readonly<Record<string, ExchangeName>> = { binance: 'binanceusdm', okex: 'okx' }

/** Why this exchange is refused and what to write instead; `undefined` for the ones that are traded. */
export function refusedExchange(name: string): { readonly what: string; readonly hint: string } | undefined {
  const word = name.toLowerCase()
  if (EXCHANGES.some((each) => each === name)) return undefined
  const meant = ALIASES[word] ?? nearestWord(word, EXCHANGES)
  if (meant !== undefined)
    return { what: `exchange.name: there is no exchange "${name}"`, hint: `Did you mean ${meant}?` }
  const reason = REASONS[word] ?? 'its stops have not been proven with the tests that the others have'
  return {
    what: `exchange.name: ${name} is not traded: ${reason}`,
    hint: `Exchanges with proven protective orders: ${EXCHANGES.join(', ')}`,
  }
}
