import { afterEach, describe, expect, it } from 'vitest'
import { epochMs } from '../../../src/domain/unit.ts'
import { startScriptedBinance } from '../../fixture/scripted-binance.ts'
import { restAlgo, T0 } from '../../fixture/scripted-frames.ts'
import { ok, type ScriptedServer } from '../../fixture/scripted-server.ts'
import { openScripted, order, sceneOf, type VenueScene } from '../../fixture/scripted-venue.ts'

let scene: VenueScene
afterEach(() => scene.close())

const COUNTDOWN = 'POST /fapi/v1/countdownCancelAll'
const ALGO = 'POST /fapi/v1/algoOrder'
const AT = epochMs(T0)
const begun = performance.now()
const now = () => epochMs(T0 + Math.floor(performance.now() - begun))

/** A venue with a switch of a minute, which is off on both symbols. */
async function offAtFirst(): Promise<ScriptedServer> {
  const server = await startScriptedBinance(() => now())
  server.on(COUNTDOWN, () => ok({}))
  scene = await sceneOf(server, await openScripted(server, { deadManMs: 60_000, now }))
  await expect.poll(() => server.sent(COUNTDOWN).length).toBe(2)
  return server
}

describe('a stop while the switch is armed', () => {
  it('leaves before the switch is taken off', async () => {
    const server = await offAtFirst()
    const entry = order(scene.instrument, 'entry', { timeInForce: 'GTC' })
    scene.venue.submit(entry, AT)
    await expect.poll(() => server.sent(COUNTDOWN).at(-1)?.parameters['countdownTime']).toBe('60000')
    await scene.settled()
    server.requests.length = 0
    const stop = order(scene.instrument, 'stop')
    server.on(ALGO, () => ok(restAlgo({ caid: stop.clientOrderId, aid: 5_000 }, 'NEW')))
    scene.venue.submit(stop, AT)
    await expect.poll(() => server.sent(COUNTDOWN).length).toBe(1)
    expect(server.requests.slice(0, 2).map(({ path }) => path.split('/').at(-1))).toEqual([
      'algoOrder',
      'countdownCancelAll',
    ])
    expect(server.sent(COUNTDOWN)[0]!.parameters['countdownTime']).toBe('0')
  })
})
