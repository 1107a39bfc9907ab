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
    const reached = ['GET /a sent', 'GET /a answered', 'commit of x made', 'GET /a sent', 'GET /b sent', 'POST /c sent']
    const [flat, long] = [kindsOf('flat', reached), kindsOf('long', reached)]
    expect(flat.slice(0, 2)).toEqual(['before any step; GET /a sent', 'before any step; GET /a answered'])
    expect(long.slice(0, 2)).toEqual(flat.slice(0, 2))
    expect(flat.slice(2)).toEqual([
      'flat; after no step; commit of x made',
      'flat; after commit of x made; a question',
      'flat; after commit of x made; a question',
      'flat; after commit of x made; POST /c sent',
    ])
    expect(long.slice(2).filter((kind) => flat.includes(kind))).toEqual([])
  })
})

describe('a day that does not have everything', () => {
  it('is named by what it lacks', () => {
    expect(missing(LEAST)).toEqual([])
    expect(missing({ ...LEAST, 'breakouts entered': 0 })).toEqual(['breakouts entered: 0, at least 1 wanted'])
  })
})
