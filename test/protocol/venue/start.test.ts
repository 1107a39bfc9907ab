import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { BinanceServer } from '../../../src/exchange/protocol/binance-usdm/server.ts'
import { openEmbedded, startEmbedded, type EmbeddedVenue } from '../../fixture/embedded-binance.ts'
import { tick } from '../../unit/exchange/fixture.ts'

let server: BinanceServer
let stage: EmbeddedVenue | undefined

// The first start of a process reads in ccxt, which takes its time on a busy machine.
beforeAll(async () => {
  const first = await openEmbedded(await startEmbedded([tick(0, 50_000)]))
  await first.close()
}, 30_000)
afterEach(async () => {
  await (stage ?? server).close()
  stage = undefined
})

const TOO_MANY = { status: 429, body: { code: -1003, msg: 'Too many requests.' }, retry_after_secs: 0.4 }

describe('the start on an account', () => {
  it.each([
    ['exchange information', '/fapi/v1/exchangeInfo'],
    ['the balance', '/fapi/v3/account'],
    ['settings', '/fapi/v1/symbolConfig'],
  ])('waits and asks again where %s is asked for too often, though market time stands still', async (_what, path) => {
    server = await startEmbedded([tick(0, 50_000), tick(60_000, 50_000)])
    server.addFault({ method: 'GET', path, when: 'before', answer: TOO_MANY })
    const begun = performance.now()
    stage = await openEmbedded(server)
    expect(stage.venue.instruments).toHaveLength(1)
    expect(performance.now() - begun).toBeGreaterThan(350)
  })
})
