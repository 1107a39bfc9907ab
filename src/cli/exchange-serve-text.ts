import type { AccountKey, ServedAddress } from '../app/compose/exchange-serve.ts'
import { isoTime } from '../domain/time.ts'
import { epochMs } from '../domain/unit.ts'

/** A moment on both clocks, and how they run. */
export interface MarketClock {
  readonly market: number
  readonly wall: number
  /** Market time per wall time; `null`: lock-step. */
  readonly speed: number | null
}

/** What a person needs to know to practise against the exchange. */
export function howToConnect(
  address: ServedAddress,
  symbols: readonly string[],
  balance: number,
  clock: MarketClock,
): string {
  const { origin, stream, control, accounts } = address
  const { speed } = clock
  const pace =
    speed === null
      ? `Market time stands still until ${accounts.length === 1 ? 'a control client moves' : 'the control clients of all accounts that have one move'} it, at ${control}.`
      : `Market time, ${isoTime(epochMs(clock.market))} now, runs at ${speed}× wall time.`
  return [
    `SIMULATED EXCHANGE for ${symbols.join(', ')}: nothing here is real, neither prices nor money. ${pace}`,
    `  REST     ${origin}`,
    `  streams  ${stream}`,
    ...accounts.flatMap((account) => accountLines(account, accounts.length, balance)),
    accounts.length === 1 ? 'With ccxt:' : 'With ccxt, the first account:',
    ...ccxtLines(address, clock).map((line) => `  ${line}`),
    'The order book is drawn around the spread: orders are filled by a model of slippage. Ctrl-C ends it.',
  ].join('\n')
}

const accountLines = ({ account, key, secret }: AccountKey, of: number, balance: number): readonly string[] => [
  `  account  ${of === 1 ? '' : `${account}: `}${balance} USDT, made for this run`,
  `  key      ${key}`,
  `  secret   ${secret}`,
]

/** Three lines that point ccxt’s own class here and give it the market’s clock. */
function ccxtLines({ origin, stream, key, secret }: ServedAddress, clock: MarketClock): readonly string[] {
  const here = `url.replace('https://', '${origin}/')`
  const paced = clock.speed !== null
  return [
    `const exchange = new ccxt.pro.binanceusdm({ apiKey: '${key}', secret: '${secret}', options: { fetchCurrencies: false, fetchMargins: false } })`,
    paced
      ? `exchange.fetchImplementation = (url, options) => fetch(${here}, options); exchange.nonce = () => Math.round(${Math.floor(clock.market)} + (Date.now() - ${clock.wall}) * ${clock.speed})`
      : `exchange.fetchImplementation = (url, options) => fetch(${here}, options).then((answer) => (exchange.now = answer.headers.get('x-market-time'), answer)); exchange.nonce = () => Number(exchange.now)`,
    `exchange.urls.api.ws.future = '${stream}'; exchange.httpAgent = new http.Agent()`,
  ]
}
