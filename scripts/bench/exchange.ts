/** Nanoseconds per item of the embedded exchange on a bar tape: flat, with a guarded position, and on several symbols. */
import { toConfig } from '../../src/config/camel.ts'
import { configSchema } from '../../src/config/schema.ts'
import type { BarColumns } from '../../src/domain/bar-columns.ts'
import type { ClientOrderId, OrderRequest } from '../../src/domain/order.ts'
import type { Instrument } from '../../src/domain/instrument.ts'
import { epochMs, price, quantity } from '../../src/domain/unit.ts'
import { createExchange, type EmbeddedExchange } from '../../src/exchange/exchange.ts'
import { listInstrument } from '../../src/exchange/listing.ts'
import type { ExchangeParameters } from '../../src/exchange/parameters.ts'
import type { Tape } from '../../src/exchange/tape.ts'
import { createBarTape } from '../../src/exchange/tape/bar-tape.ts'

const config = toConfig(configSchema.parse({}))
const parameters: ExchangeParameters = {
  ...config.simulation,
  marginMode: 'isolated',
  leverage: 5,
  startingBalance: 1_000_000,
}
const BAR_MS = 60_000
const REPEATS = 3

/** A quiet market: a bounded random walk from a small linear congruential generator. */
function columns(symbol: string, length: number): BarColumns {
  const column = (): Float64Array => new Float64Array(length).fill(Number.NaN)
  const bars = {
    symbol,
    barMs: BAR_MS,
    length,
    openTime: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
    turnover: column(),
    openInterest: column(),
    fundingRate: column(),
    longShortRatio: column(),
    takerBuyVolume: column(),
  }
  let state = 12_345
  const draw = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return state / 0x7fffffff - 0.5
  }
  let close = 50_000
  for (let i = 0; i < length; i += 1) {
    const open = close
    close = Math.min(55_000, Math.max(45_000, open + draw() * 40))
    bars.openTime[i] = i * BAR_MS
    bars.open[i] = open
    bars.close[i] = close
    bars.high[i] = Math.max(open, close) + 5
    bars.low[i] = Math.min(open, close) - 5
    bars.volume[i] = 100
    bars.openInterest[i] = 80_000
  }
  return bars
}

const order = (instrument: Instrument, id: string, rest: Partial<OrderRequest>): OrderRequest => ({
  clientOrderId: id as ClientOrderId,
  instrument,
  side: 'buy',
  type: 'market',
  quantity: quantity('0.01'),
  timeInForce: 'GTC',
  reduceOnly: false,
  leg: 'entry',
  tradeId: 't',
  ...rest,
})

function guard(exchange: EmbeddedExchange): void {
  const instrument = exchange.instruments[0]!
  exchange.submit(order(instrument, 'entry', {}), epochMs(0))
  exchange.submit(
    order(instrument, 'stop', { type: 'stop_market', side: 'sell', triggerPrice: price('41000'), reduceOnly: true }),
    epochMs(1),
  )
  exchange.submit(
    order(instrument, 'target', { type: 'limit', side: 'sell', price: price('60000'), reduceOnly: true }),
    epochMs(1),
  )
}

/** CPU time, because other processes may share the machine. */
function report(name: string, exchange: EmbeddedExchange): void {
  const { events } = exchange
  const start = process.cpuUsage().user
  let count = 0
  for (let event = events.next(epochMs(Infinity)); event !== undefined; event = events.next(epochMs(Infinity)))
    count += 1
  const nanoseconds = ((process.cpuUsage().user - start) * 1e3) / count
  console.log(
    `${name.padEnd(28)} ${count} events  ${nanoseconds.toFixed(1)} ns each  ${(1e3 / nanoseconds).toFixed(1)} M/s`,
  )
}

function run(name: string, symbols: readonly string[], length: number, guarded: boolean): void {
  const sources = symbols.map((symbol, index) => ({
    instrument: { ...listInstrument('BTCUSDT', index, 50_000), symbol },
    columns: columns(symbol, length),
  }))
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    const exchange = createExchange({ tape: createBarTape(sources, parameters), parameters })
    if (guarded) guard(exchange)
    report(name, exchange)
  }
}

/** One and the same move over and over: what the exchange itself costs, with a stop and a target around the price. */
function runBare(length: number, guarded: boolean): void {
  const instrument = listInstrument('BTCUSDT', 0, 50_000)
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    const move = {
      kind: 'move' as const,
      time: epochMs(0.5),
      instrument,
      last: 50_000.5,
      mark: 50_000.5,
      bid: Number.NaN,
      ask: Number.NaN,
      jump: false,
      bar: null,
      minuteVolatility: 0.001,
      minuteVolume: 100.5,
      cascade: false,
    }
    let left = length
    const tape: Tape = {
      instruments: [instrument],
      peek: () => (left > 0 ? move.time : undefined),
      next: () => {
        left -= 1
        move.time = epochMs(move.time + 1_000)
        return move
      },
    }
    const exchange = createExchange({ tape, parameters })
    if (guarded) guard(exchange)
    report(`bare ticks, ${guarded ? 'guarded' : 'flat'}`, exchange)
  }
}

runBare(2_000_000, false)
runBare(2_000_000, true)
run('one symbol, flat', ['AUSDT'], 500_000, false)
run('one symbol, guarded', ['AUSDT'], 500_000, true)
run(
  'ten symbols, flat',
  Array.from({ length: 10 }, (_, i) => `S${i}USDT`),
  50_000,
  false,
)
run(
  'ten symbols, one guarded',
  Array.from({ length: 10 }, (_, i) => `S${i}USDT`),
  50_000,
  true,
)
