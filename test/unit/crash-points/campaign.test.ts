import { describe, expect, it } from 'vitest'
import { kindsOf } from '../../../scripts/crash-points/boundary.ts'
import { chance, sampleOf } from '../../../scripts/crash-points/chance.ts'
import { LEAST, missing } from '../../../scripts/crash-points/contents.ts'

describe('a sample of the points', () => {
  const points = Array.from({ length: 262 }, (_, i) => i + 1)

  it('takes one of each ten, the same ones for the same seed', () => {
    const taken = sampleOf(points, 0.1, chance(1))
    expect(taken).toHaveLength(27)
    taken.forEach((point, i) => expect(Math.ceil(point / 10)).toBe(i + 1))
    expect(sampleOf(points, 0.1, chance(1))).toEqual(taken)
    expect(sampleOf(points, 0.1, chance(2))).not.toEqual(taken)
  })

  it('is all of them at a share of 1', () => {
    expect(sampleOf(points, 1, chance(1))).toEqual(points)
  })
})

describe('kinds of points of a recovery', () => {
  it('differ by how the account stood only once something has been done', () => {
    const asked = ['GET /a sent', 'GET /a answered', 'commit of x made', 'GET /a sent', 'POST /b sent']
    const [flat, long] = [kindsOf('flat', asked), kindsOf('long', asked)]
    expect(flat.slice(0, 3)).toEqual(long.slice(0, 3))
    expect(flat.slice(3)).toEqual([
      'flat; after commit of x made; GET /a sent',
      'flat; after commit of x made; POST /b sent',
    ])
    expect(long.slice(3)).toEqual([
      'long; after commit of x made; GET /a sent',
      'long; after commit of x made; POST /b sent',
    ])
  })
})

describe('a day that does not have everything', () => {
  it('is named by what it lacks', () => {
    expect(missing(LEAST)).toEqual([])
    expect(missing({ ...LEAST, 'breakouts entered': 0 })).toEqual(['breakouts entered: 0, at least 1 wanted'])
  })
})
