import { spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command of the program to its end; `interruptAfterMs` sends it what Ctrl-C sends. */
function lodestone(args: readonly string[], interruptAfterMs?: number): Promise<Ended> {
  const child = spawn(process.execPath, ['src/main.ts', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk) => (stdout += String(chunk)))
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk)
  })
  if (interruptAfterMs !== undefined) setTimeout(() => child.kill('SIGINT'), interruptAfterMs)
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })))
}

const QUICK = ['trade', '--mode', 'paper', '--duration', '4h', '--speed', 'max', '--headless', '--json']

describe('trade', () => {
  it('prints the same bytes for the same seed, one JSON document, and says that the market is simulated', async () => {
    const [one, two, other] = await Promise.all([
      lodestone(QUICK),
      lodestone(QUICK),
      lodestone([...QUICK, '--seed', '2']),
    ])
    expect([one.code, two.code, other.code]).toEqual([0, 0, 0])
    expect(two.stdout).toBe(one.stdout)
    expect(other.stdout).not.toBe(one.stdout)
    const summary = JSON.parse(one.stdout) as Record<string, unknown>
    expect(summary).toMatchObject({
      simulated_market: true,
      mode: 'paper',
      seed: 1,
      ended: 'finished',
      ledger_agrees: true,
      to: '2026-01-05T04:00:00.000Z',
    })
    expect(one.stderr).toContain('SIMULATED MARKET')
  })

  it('ends in an orderly way on Ctrl-C', async () => {
    const { code, stdout } = await lodestone(['trade', '--speed', '60', '--headless', '--json'], 9_000)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ ended: 'interrupted', ledger_agrees: true })
  })

  it('ends in an orderly way where a terminal or a supervisor signals all its processes, the exchange too', async () => {
    const args = ['scripts/lodestone.mjs', 'trade', '--speed', '60', '--headless', '--json']
    const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', 'pipe', 'ignore'] })
    let stdout = ''
    child.stdout.on('data', (chunk) => (stdout += String(chunk)))
    setTimeout(() => process.kill(-child.pid!, 'SIGINT'), 9_000)
    const code = await new Promise((resolve) => child.on('close', resolve))
    expect(JSON.parse(stdout)).toMatchObject({ ended: 'interrupted', ledger_agrees: true })
    expect(code).toBe(0)
  })

  it('plays candles', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'lodestone-')), 'BTCUSDT_1h.csv')
    const rows = Array.from({ length: 24 * 60 }, (_, i) => {
      const at = 50_000 + 500 * Math.sin(i / 7)
      return [Date.UTC(2025, 0, 1) + i * 3_600_000, at, at + 60, at - 60, at + 20, 900, 40_000 + (i % 50) * 10].join(
        ',',
      )
    })
    writeFileSync(file, `ts,open,high,low,close,volume,open_interest\n${rows.join('\n')}\n`)
    const slow = join(dirname(file), 'slow.yaml')
    writeFileSync(slow, 'estimator: {burn_in_days: 90}\n')
    const tape = ['trade', '--tape', file, '--speed', 'max', '--headless', '--json']
    const { code, stdout, stderr } = await lodestone([...tape, '--mode', 'paper'])
    expect(code).toBe(0)
    expect(stderr).not.toContain('no zones')
    const short = await lodestone([...tape, '--mode', 'paper', '--duration', '1h', '-c', slow])
    expect(short.stderr).toContain('but the map warms up for 90 days (estimator.burn_in_days)')
    expect(JSON.parse(stdout)).toMatchObject({
      market: 'tape',
      ended: 'exhausted',
      seed: null,
      crowd_liquidations: null,
    })
    const networked = await lodestone(tape)
    expect([networked.code, networked.stdout]).toEqual([4, ''])
    expect(networked.stderr).toMatch(
      /candles of BTCUSDT last 60 min; .* candles of 5 min\.\n {2}Play them .* --mode paper --tape /,
    )
  })

  it.each([
    [['--speed', '0'], '--speed 0'],
    [['--duration', 'soon'], '--duration soon'],
    [['--seed', '1.5'], '--seed 1.5'],
    [['--speed', 'max'], 'needs --duration'],
  ])('refuses %o with a sentence', async (args, sentence) => {
    const { code, stdout, stderr } = await lodestone(['trade', ...args])
    expect([code, stdout]).toEqual([4, ''])
    expect(stderr).toContain(sentence)
    expect(stderr).not.toMatch(/ {4}at /)
  })
})
