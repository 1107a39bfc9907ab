import { afterEach, describe, expect, it } from 'vitest'
import { openExchange } from '../../src/adapter/ccxt/open-exchange.ts'
import { createLockStepClock } from '../../src/adapter/clock/lock-step.ts'
import { openMarketControl } from '../../src/adapter/clock/market-control.ts'
import { createWakeup } from '../../src/adapter/clock/wakeup.ts'
import { createMarketDialect } from '../../src/adapter/market-data/ccxt/create-dialect.ts'
import { createMarketDataSource, publishedUntil } from '../../src/adapter/market-data/ccxt/source.ts'
import { serveExchange } from '../../src/app/compose/exchange-serve.ts'
import { CROWD_START } from '../../src/app/compose/paper.ts'
import { exchangeParameters } from '../../src/app/exchange-parameters.ts'
import { toConfig } from '../../src/config/camel.ts'
import { configSchema } from '../../src/config/schema.ts'
import type { EngineEvent } from '../../src/domain/event.ts'
import { MINUTE_MS } from '../../src/domain/time.ts'
import { epochMs } from '../../src/domain/unit.ts'
import { createCrowd } from '../../src/exchange/crowd/crowd.ts'
import { createExchange } from '../../src/exchange/exchange.ts'
import { listInstrument } from '../../src/exchange/listing.ts'

const SYMBOLS = ['BTCUSDT', 'ETHUSDT'] as const
const UNTIL = CROWD_START + 31 * MINUTE_MS
const BAR_MS = 5 * MINUTE_MS
const config = toConfig(configSchema.parse({ exchange: { pairs: [...SYMBOLS] } }))

const closers: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

const lineOf = (event: EngineEvent): unknown =>
  'instrument' in event ? { ...event, instrument: event.instrument.symbol } : event

/** What a bot in the exchange's own process is told. */
function inProcess(): readonly unknown[] {
  const instruments = SYMBOLS.map((symbol, i) => listInstrument(symbol, i, Number.NaN))
  const tape = createCrowd({ seed: 3, instruments, start: CROWD_START, barMs: BAR_MS })
  const exchange = createExchange({ tape, parameters: exchangeParameters(config) })
  const lines: unknown[] = []
  for (let event = exchange.events.next(epochMs(UNTIL)); event; event = exchange.events.next(epochMs(UNTIL)))
    lines.push(lineOf(event))
  return lines
}

/** What it is told through ccxt over sockets, in lock-step. */
async function overSockets(): Promise<readonly unknown[]> {
  const served = await serveExchange(config, {
    port: 0,
    seed: 3,
    tape: null,
    symbols: [],
    speed: null,
    balance: 10_000,
    accounts: 1,
    faultsFile: null,
    acceptFaults: false,
    keyFile: null,
  })
  if (served.kind !== 'ok') throw new Error(served.message)
  const { server } = served
  closers.push(() => server.close())
  const opened = await openMarketControl(server.controlUrl)
  if (opened.kind === 'refused') throw new Error(opened.message)
  const { control } = opened
  closers.push(() => control.close())
  const wakeup = createWakeup()
  const busy = { ask: () => false }
  const clock = createLockStepClock({
    control,
    wakeup,
    speed: Number.POSITIVE_INFINITY,
    busy: () => busy.ask(),
    onEnd: () => undefined,
  })
  const exchange = await openExchange({
    id: 'binanceusdm',
    credentials: null,
    environment: 'embedded',
    embedded: { restOrigin: server.origin, streamOrigin: server.streamOrigin },
    clock,
    deadlineMs: 5_000,
  })
  closers.push(() => exchange.close())
  const instruments = server.instruments
  const source = createMarketDataSource({
    exchange,
    dialect: createMarketDialect({
      prices: exchange,
      statistics: exchange,
      instruments,
      barMs: BAR_MS,
      barLagMs: 1_500,
    }),
    instruments,
    barMs: BAR_MS,
    barLagMs: 1_500,
    knownUntil: publishedUntil(CROWD_START, BAR_MS, 1_500),
    now: clock.now,
    onNews: () => wakeup.notify(),
    warn: (message) => {
      throw new Error(message)
    },
    lockStep: true,
  })
  closers.push(() => source.close())
  busy.ask = () => source.pending > 0
  await source.start()
  const lines: unknown[] = []
  const never = new AbortController().signal
  while (clock.now() < UNTIL || source.pending > 0) {
    const due = source.peek() ?? Number.POSITIVE_INFINITY
    const waiting = clock.wait(epochMs(Math.min(due, UNTIL)), never)
    if (waiting) {
      await waiting
      continue
    }
    const event = source.next(clock.now())
    if (event) lines.push(lineOf(event))
  }
  for (let event = source.next(clock.now()); event; event = source.next(clock.now())) lines.push(lineOf(event))
  return lines
}

describe('the market through ccxt over sockets, in lock-step', () => {
  it('is told as in the exchange’s own process, event by event and to the last bit', async () => {
    const expected = inProcess()
    const told = await overSockets()
    expect(expected.length).toBeGreaterThan(1_900)
    expect(told.slice(0, 40)).toEqual(expected.slice(0, 40))
    expect(told).toEqual(expected)
  })
})
