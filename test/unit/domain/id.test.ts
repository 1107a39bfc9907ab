import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clientOrderId, parseClientOrderId, type OrderIdParts } from '../../../src/domain/id.ts'

const parts: fc.Arbitrary<OrderIdParts> = fc.record({
  strategy: fc.integer({ min: 0, max: 36 ** 2 - 1 }),
  epoch: fc.integer({ min: 0, max: 36 ** 3 - 1 }),
  intent: fc.integer({ min: 0, max: 36 ** 8 - 1 }),
  leg: fc.constantFrom('entry', 'stop', 'target', 'exit'),
  revision: fc.integer({ min: 0, max: 36 ** 3 - 1 }),
})

describe('order ids', () => {
  test('tell their parts again, within what venues take', () => {
    fc.assert(
      fc.property(parts, (p) => {
        const id = clientOrderId(p)
        expect(parseClientOrderId(id)).toEqual(p)
        expect(id).toMatch(/^[a-su-z][a-z0-9]{0,23}$/)
      }),
    )
  })

  test('differ whenever a part differs', () => {
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        expect(clientOrderId(a) === clientOrderId(b)).toBe(JSON.stringify(a) === JSON.stringify(b))
      }),
    )
  })

  test('an example', () => {
    expect(clientOrderId({ strategy: 1, epoch: 36, intent: 35, leg: 'stop', revision: 2 })).toBe('l010100000000zs002')
  })

  test('spell every number in base 36', () => {
    fc.assert(
      fc.property(parts, (p) => {
        const digits = (value: number, width: number): string => value.toString(36).padStart(width, '0')
        const id = clientOrderId(p)
        expect(id.slice(1, 14)).toBe(digits(p.strategy, 2) + digits(p.epoch, 3) + digits(p.intent, 8))
        expect(id.slice(15)).toBe(digits(p.revision, 3))
      }),
    )
  })

  test.each([
    '',
    'web_abc',
    'l010100000000zs00',
    'l010100000000zs0022',
    'L010100000000zs002',
    'l010100000000zq002',
    'x-l010100000000zs002',
    'l010100000000zs002\n',
  ])('%j is foreign', (id) => {
    expect(parseClientOrderId(id)).toBeUndefined()
  })

  test.each([
    { strategy: -1 },
    { strategy: 36 ** 2 },
    { epoch: 36 ** 3 },
    { intent: 36 ** 8 },
    { revision: 36 ** 3 },
    { revision: Number.NaN },
  ])('%o is out of range', (patch) => {
    expect(() => clientOrderId({ strategy: 0, epoch: 0, intent: 0, leg: 'entry', revision: 0, ...patch })).toThrow(
      RangeError,
    )
  })
})
