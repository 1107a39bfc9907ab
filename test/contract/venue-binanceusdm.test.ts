import { openEmbedded, startEmbedded } from '../fixture/embedded-binance.ts'
import { PARAMETERS, tick } from '../unit/exchange/fixture.ts'
import { describeVenue } from './venue-suite.ts'

const PLENTY = 1_000_000

describeVenue({
  name: 'binanceusdm over sockets on the embedded exchange',
  open: async ({ ticks, startingBalance = 10_000, minuteVolume = PLENTY }) => {
    const server = await startEmbedded(
      ticks.map(([ms, last]) => tick(ms, last, { minuteVolume })),
      { parameters: { ...PARAMETERS, startingBalance } },
    )
    const stage = await openEmbedded(server)
    return { ...stage, instrument: stage.venue.instruments[0]! }
  },
})
