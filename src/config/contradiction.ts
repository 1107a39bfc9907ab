import { normaliseSymbol } from '../domain/instrument.ts'
import { problem, type Problem } from '../domain/problem.ts'
import { isBarLength } from './bar-length.ts'
import { ENVIRONMENTS } from './exchange-name.ts'
import { DEFAULT_ORIGIN, originText } from './origin.ts'
import { mixProblem } from './leverage-mix.ts'
import type { FileConfig } from './schema.ts'

/** Values that are each right and do not go together, a sentence each. `where` says what set a dotted path. */
export function contradictions(file: FileConfig, where: (path: string) => string): readonly Problem[] {
  const { mode, market, exchange } = file
  const { name, environment, url } = exchange
  const found: Problem[] = []
  const clash = (path: string, what: string, hint: string): void =>
    void found.push(problem('contradiction', where(path), what, hint))

  if (mode === 'live') {
    if (name === 'embedded')
      clash('mode', 'mode: live contradicts exchange.name: embedded, which has no real money', 'Use mode: testnet')
    if (environment !== null)
      clash('exchange.environment', `exchange.environment: ${environment} contradicts mode: live`, 'Leave it out')
  }
  if (mode === 'testnet' && market === 'tape')
    clash(
      'market',
      'market: tape contradicts mode: testnet, where the exchange has its own market',
      'Use mode: paper, or serve the tape: npx lodestone exchange serve --tape FILE',
    )
  if (market === 'ccxt' && name === 'embedded' && url === null && mode !== 'backtest')
    clash(
      'market',
      'market: ccxt needs an exchange whose public data is read, and exchange.name is embedded',
      'Set exchange.name: binanceusdm, bybit or okx; or leave market out to trade the simulated crowd',
    )
  if (mode === 'paper' && market === 'ccxt' && environment !== null)
    clash(
      'exchange.environment',
      `exchange.environment: ${environment} contradicts market: ccxt, which reads the live market of ${name}`,
      'Leave it out: no order leaves this process on paper',
    )
  if (mode === 'paper' && name !== 'embedded' && market !== 'ccxt')
    clash(
      'exchange.name',
      `exchange.name: ${name} contradicts mode: paper on market: ${market}, which knows nothing of that exchange`,
      `Set market: ccxt to trade on paper on the prices of ${name}, or mode: testnet to trade its play money`,
    )
  if (environment !== null && mode !== 'live' && !ENVIRONMENTS[name].includes(environment)) {
    const known = ENVIRONMENTS[name]
    const offered = known.length === 0 ? 'leave it out' : `use ${known.join(' or ')}`
    clash('exchange.environment', `exchange.environment: ${name} has no ${environment}`, `For ${name}: ${offered}`)
  }
  if (url !== null) {
    if (name !== 'embedded')
      clash(
        'exchange.url',
        `exchange.url is set, but the addresses of ${name} are fixed: orders go to no others`,
        'Leave it out, or set exchange.name: embedded',
      )
    else if (!isLoopbackUrl(url))
      clash(
        'exchange.url',
        'exchange.url is not an address on this machine, like http://127.0.0.1:8010',
        'The embedded exchange is only spoken to over loopback',
      )
  }
  const spelled = new Map<string, string>()
  for (const pair of exchange.pairs) {
    const symbol = normaliseSymbol(pair) ?? pair
    const earlier = spelled.get(symbol)
    if (earlier !== undefined)
      clash('exchange.pairs', `exchange.pairs names ${symbol} twice, as ${earlier} and as ${pair}`, 'Keep one of them')
    spelled.set(symbol, pair)
  }
  if (file.timeframe !== 'auto' && !isBarLength(file.timeframe))
    clash(
      'timeframe',
      `timeframe: "${file.timeframe}" is no length of bars`,
      'Write auto, or whole minutes like 5m or 4h',
    )
  const { estimator } = file
  if (estimator.publish_interval !== 'bar' && !isBarLength(estimator.publish_interval))
    clash(
      'estimator.publish_interval',
      `estimator.publish_interval: "${estimator.publish_interval}" is no time between two maps`,
      'Write bar, or whole minutes like 15m or 1h',
    )
  const mixed = mixProblem(estimator)
  if (mixed !== null) clash(mixed.path, mixed.what, mixed.hint)
  const { leverage } = exchange
  const { max_leverage: most } = file.risk
  if (most !== null && leverage > most)
    clash(
      where('exchange.leverage') === originText(DEFAULT_ORIGIN) ? 'risk.max_leverage' : 'exchange.leverage',
      `exchange.leverage: ${leverage} contradicts risk.max_leverage: ${most}, which no order may be over`,
      most < 1
        ? 'Raise risk.max_leverage: the least leverage is 1'
        : `Set exchange.leverage to at most ${Math.floor(most)}, or raise risk.max_leverage`,
    )
  return found
}

function isLoopbackUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url?.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname) && url.username === ''
}
