import { afterEach, expect, it, vi } from 'vitest'
import { createOutput } from '../../../src/cli/output.ts'
import { createTradeDisplay, type TradeDisplay } from '../../../src/cli/trade-display.ts'
import { epochMs } from '../../../src/domain/unit.ts'
import { engineScene } from '../../fixture/engine-scene.ts'

afterEach(() => void vi.restoreAllMocks())

const SHOW = '\u001B[?25h'
const silent = { write: () => true }
const output = createOutput({ quiet: false, verbose: false, color: false }, silent, silent)

/** What a display writes to stdout while this is done with it, and what it leaves to do at the process's exit. */
function written(live: boolean, use: (close: () => void, exit: () => void, display: TradeDisplay) => void): string {
  const told: string[] = []
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => told.push(String(text)) > 0)
  const before = new Set(process.listeners('exit'))
  const added = () => process.listeners('exit').filter((listener) => !before.has(listener))
  try {
    const { engine, now } = engineScene()
    const session = { engine, start: epochMs(now) }
    const display = createTradeDisplay({ session, title: '', output, live, speed: 1 })
    use(
      () => display.close(),
      () => added().forEach((listener) => Reflect.apply(listener, process, [130])),
      display,
    )
  } finally {
    write.mockRestore()
    for (const listener of added()) process.removeListener('exit', listener)
  }
  return told.join('')
}

it('shows the cursor again when the process ends without closing it', () => {
  expect(written(true, (_, exit) => exit())).toBe(`\u001B[?25l${SHOW}`)
})

it('shows it once, however often it is closed and whatever follows', () => {
  const text = written(true, (close, exit) => {
    close()
    close()
    exit()
  })
  expect(text.split(SHOW)).toHaveLength(2)
})

it('touches no terminal without a screen', () => {
  expect(
    written(false, (close, exit) => {
      close()
      exit()
    }),
  ).toBe('')
})

it.each([1, 1e6])('draws an alert at once, for no price may come that would, %i ms after the process began', (wall) => {
  vi.spyOn(performance, 'now').mockReturnValue(wall)
  const text = written(true, (close, _exit, display) => {
    const warn = (message: string): void =>
      display.alert({ kind: 'alert', level: 'warning', code: 'FEED', message }, epochMs(0))
    warn('no market stream has spoken for 5 s')
    warn('BTCUSDT: 34 s without prices')
    close()
  })
  expect(text.match(/WARNING FEED: no market stream has spoken/g)).toHaveLength(2)
  expect(text).toContain('WARNING FEED: BTCUSDT: 34 s without prices')
})
