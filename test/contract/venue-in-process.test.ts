import { createInProcessVenue } from '../../src/adapter/venue/in-process.ts'
import type { EngineEvent } from '../../src/domain/event.ts'
import { epochMs } from '../../src/domain/unit.ts'
import { createExchange } from '../../src/exchange/exchange.ts'
import { BTC, PARAMETERS, scripted, T0, tick } from '../unit/exchange/fixture.ts'
import { describeVenue } from './venue-suite.ts'

const PLENTY = 1_000_000

describeVenue({
  name: 'the embedded exchange in process',
  open: ({ ticks, startingBalance = 10_000, minuteVolume = PLENTY }) => {
    const exchange = createExchange({
      tape: scripted(ticks.map(([ms, last]) => tick(ms, last, { minuteVolume }))),
      parameters: { ...PARAMETERS, startingBalance },
      keepFills: true,
    })
    const venue = createInProcessVenue(exchange)
    const events: EngineEvent[] = []
    let now = epochMs(T0)
    return Promise.resolve({
      venue,
      instrument: BTC,
      events,
      now: () => now,
      passTo(ms) {
        const until = epochMs(T0 + ms)
        for (let event = venue.events.next(until); event; event = venue.events.next(until)) events.push({ ...event })
        now = until
        return Promise.resolve()
      },
      close: () => Promise.resolve(),
    })
  },
})
