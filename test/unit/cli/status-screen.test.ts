import { describe, expect, test } from 'vitest'
import { createOutput } from '../../../src/cli/output.ts'
import { statusScreen } from '../../../src/cli/status-screen.ts'
import { epochMs } from '../../../src/domain/unit.ts'
import { engineScene, HOUR, PRICE, type EngineScene } from '../../fixture/engine-scene.ts'
import { level, snapshot } from '../heatmap/build.ts'

const TITLE = '[PAPER]  SIMULATED MARKET: a crowd of traders, seed 1. No real money.'
const silent = { write: () => true }
const output = createOutput({ quiet: false, verbose: false, color: false }, silent, silent)

const screen = (
  scene: EngineScene,
  patch: { title?: string; speed?: number; recent?: readonly string[] } = {},
): string =>
  statusScreen(
    { session: { engine: scene.engine }, now: epochMs(scene.now), speed: 120, title: TITLE, recent: [], ...patch },
    output,
  ).join('\n')

describe('status screen', () => {
  test('says first that market and money are simulated, and how it ends', () => {
    const scene = engineScene()
    scene.price(PRICE)
    expect(screen(scene)).toMatch(
      /^lodestone \[PAPER\] {2}SIMULATED MARKET: a crowd of traders, seed 1\. No real money\./,
    )
    expect(screen(scene, { title: '[PAPER]  SIMULATED: recorded candles' })).toContain('SIMULATED: recorded candles')
    expect(screen(scene)).toContain('120× the wall clock   Ctrl-C ends')
    expect(screen(scene, { speed: Number.POSITIVE_INFINITY })).toContain('as fast as it can')
    expect(screen(scene)).toContain('none yet')
    expect(screen(scene, { recent: ['a decision'] })).toContain('  a decision')
    expect(screen(scene)).toContain('no position')
  })

  test('an open position with its result, its protection and its own liquidation', () => {
    const scene = engineScene()
    scene.open()
    scene.price(50_200)
    const units = scene.newest('entry').quantity
    const line = screen(scene)
      .split('\n')
      .find((text) => text.includes('own liquidation'))
    expect(line).toContain(`LONG ${units} at 50000.0   stop 49500   target 51000`)
    expect(line).toContain(`open result ${(200 * units.toNumber()).toFixed(2)} USDT`)
    expect(Number(/own liquidation ([\d.]+)/.exec(line ?? '')?.[1])).toBeLessThan(49_500)
    const equity = (10_000 - 0.5 + 200 * units.toNumber()).toFixed(2)
    expect(screen(scene)).toContain(`equity ${equity} USDT`)
    expect(screen(scene)).toContain('open trades 1   ACTIVE')
  })

  test('zones stand above and below the price, the nearest next to it', () => {
    const scene = engineScene()
    scene.price(PRICE)
    scene.heatmap(
      snapshot(
        [
          level('long', 49_000, 49_100),
          level('long', 48_000, 48_100),
          level('short', 51_000, 51_100),
          level('short', 52_000, 52_100),
        ],
        scene.now,
        { intervalMs: HOUR },
      ),
    )
    const lines = screen(scene).split('\n')
    const at = (text: string): number => lines.findIndex((line) => line.includes(text))
    const order = [at('52050.0'), at('51050.0'), at('BTCUSDT  50000.0'), at('49050.0'), at('48050.0')]
    expect(order).toEqual(order.toSorted((a, b) => a - b))
    expect(order[0]).toBeGreaterThanOrEqual(0)
    expect(lines[at('51050.0')]).toContain('2.00 %')
  })

  test('a latch is shown with its reason', () => {
    const scene = engineScene()
    scene.price(PRICE)
    scene.command({ name: 'stop_entry', reason: 'maintenance' })
    expect(screen(scene)).toContain('ENTRIES_STOPPED: maintenance')
    expect(screen(scene)).toContain('REDUCING')
  })
})
