import { describe, expect, it } from 'vitest'
import { normal, normalQuantile, streamKey, uniform } from '../../../../src/exchange/crowd/draw.ts'

describe('keyed draws', () => {
  it('are a function of seed, stream, step and k alone', () => {
    const key = streamKey(42, 'BTCUSDT:value')
    const first = uniform(key, 1000, 0)
    for (let i = 0; i < 50; i++) uniform(key, i, i)
    expect(uniform(streamKey(42, 'BTCUSDT:value'), 1000, 0)).toBe(first)
  })

  it('differ when any one of the four differs', () => {
    const base = uniform(streamKey(42, 'a'), 7, 3)
    const others = [
      uniform(streamKey(43, 'a'), 7, 3),
      uniform(streamKey(42 + 2 ** 32, 'a'), 7, 3),
      uniform(streamKey(42, 'b'), 7, 3),
      uniform(streamKey(42, 'a'), 8, 3),
      uniform(streamKey(42, 'a'), 7, 4),
    ]
    for (const other of others) expect(other).not.toBe(base)
  })

  it('are uniform along steps, along k and across seeds', () => {
    const n = 20_000
    const along: readonly ((i: number) => number)[] = [
      (i) => uniform(streamKey(1, 'x'), i, 0),
      (i) => uniform(streamKey(1, 'x'), 5, i),
      (i) => uniform(streamKey(i, 'x'), 5, 0),
    ]
    for (const draw of along) {
      const cells = new Float64Array(20)
      for (let i = 0; i < n; i++) cells[Math.floor(draw(i) * 20)]!++
      const chiSquare = cells.reduce((sum, count) => sum + (count - n / 20) ** 2 / (n / 20), 0)
      // 99.99 % quantile for 19 degrees of freedom.
      expect(chiSquare).toBeLessThan(50.8)
    }
  })

  it('are uncorrelated between neighbouring steps', () => {
    const key = streamKey(9, 'x')
    const n = 20_000
    let product = 0
    for (let i = 0; i < n; i++) product += normal(key, i, 0) * normal(key, i + 1, 0)
    expect(Math.abs(product / n)).toBeLessThan(4 / Math.sqrt(n))
  })
})

describe('normal quantile', () => {
  it.each([
    [0.5, 0],
    [0.975, 1.959963985],
    [0.84134474607, 1],
    [0.01, -2.326347874],
    [1e-6, -4.753424309],
    [1 - 1e-6, 4.753424309],
  ])('of %f is %f', (p, z) => {
    expect(normalQuantile(p)).toBeCloseTo(z, 7)
  })
})
