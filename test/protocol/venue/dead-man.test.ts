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

const FAILING = { status: 503, body: {} }
let pendingWhenWoken: number[] = []
let warnings: string[] = []

/** A venue with a switch of a minute, which is off on both symbols. */
async function offAtFirst(): Promise<ScriptedServer> {
  const server = await startScriptedBinance(() => now())
  server.on(COUNTDOWN, () => ok({}))
  scene = await sceneOf(
    server,
    await openScripted(server, {
      deadManMs: 60_000,
      now,
      warn: (message) => warnings.push(message),
      wakeup: () => scene && pendingWhenWoken.push(scene.venue.pending),
    }),
  )
  await expect.poll(() => server.sent(COUNTDOWN).length).toBe(2)
  return server
}

/** A venue whose switch is on, because an entry rests. */
async function armed(): Promise<ScriptedServer> {
  const server = await offAtFirst()
  scene.venue.submit(order(scene.instrument, 'entry', { timeInForce: 'GTC' }), AT)
  await expect.poll(() => server.sent(COUNTDOWN).at(-1)?.parameters['countdownTime']).toBe('60000')
  await scene.settled()
  server.requests.length = 0
  return server
}

function submitStop(): void {
  const stop = order(scene.instrument, 'stop')
  scene.server.on(ALGO, () => ok(restAlgo({ caid: stop.clientOrderId, aid: 5_000 }, 'NEW')))
  scene.venue.submit(stop, AT)
}

describe('a stop while the switch is armed', () => {
  it('leaves before the switch is taken off', async () => {
    const server = await armed()
    submitStop()
    await expect.poll(() => server.sent(COUNTDOWN).length).toBe(1)
    expect(server.requests.slice(0, 2).map(({ path }) => path.split('/').at(-1))).toEqual([
      'algoOrder',
      'countdownCancelAll',
    ])
    expect(server.sent(COUNTDOWN)[0]!.parameters['countdownTime']).toBe('0')
  })

  it('leaves the venue with something pending until the switch is off, and whoever waits for that is told', async () => {
    const server = await armed()
    server.on(COUNTDOWN, () => FAILING)
    submitStop()
    // All attempts of the first time have failed; the next one is only due.
    await expect.poll(() => server.sent(COUNTDOWN).length, { timeout: 3_000 }).toBe(3)
    await new Promise((resolve) => setTimeout(resolve, 100))
    // Market time must not wait for what is due only when it has passed.
    expect([scene.venue.pending, scene.venue.underWay]).toEqual([1, 0])
    pendingWhenWoken = []
    server.on(COUNTDOWN, () => ok({}))
    await expect.poll(() => scene.venue.pending, { timeout: 3_000 }).toBe(0)
    expect(server.sent(COUNTDOWN).length).toBe(4)
    expect(pendingWhenWoken.at(-1)).toBe(0)
  })

  it('is not left to the switch by a venue that closes while the switch is still to be taken off', async () => {
    const server = await armed()
    server.on(COUNTDOWN, () => (server.sent(COUNTDOWN).length < 2 ? FAILING : ok({})))
    submitStop()
    await expect.poll(() => server.sent(COUNTDOWN).length).toBe(1)
    await scene.venue.close()
    expect(server.sent(COUNTDOWN).map(({ parameters }) => parameters['countdownTime'])).toEqual(['0', '0'])
  })

  it('is given up to a switch that cannot be taken off, in bounded time and with a warning', async () => {
    const server = await armed()
    server.on(COUNTDOWN, () => FAILING)
    submitStop()
    await expect.poll(() => server.sent(COUNTDOWN).length).toBe(1)
    warnings = []
    const closing = performance.now()
    await scene.venue.close()
    expect(performance.now() - closing).toBeLessThan(2_500)
    expect(warnings.at(-1)).toContain('may still be on')
  })
})
