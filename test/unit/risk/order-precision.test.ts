import { describe, expect, it } from 'vitest'
import { Dec } from '../../../src/domain/decimal.ts'
import { price, quantity } from '../../../src/domain/unit.ts'
import { compileSteps, orderProblem } from '../../../src/risk/order-precision.ts'
import { BTC, order } from './scene.ts'

const problem = (lot: string, tick: string, units: string, at: string): string | undefined => {
  const instrument = { ...BTC, lotSize: new Dec(lot), tickSize: new Dec(tick) }
  return orderProblem(order({ instrument, quantity: quantity(units), price: price(at) }), compileSteps([instrument]))
}

describe('order precision', () => {
  it.each([
    ['0.001', '0.1', '12.345', '50000.1'],
    ['1', '0.00001', '7', '0.12345'],
    ['10', '0.5', '120', '100.5'],
    ['0.25', '25', '1.75', '50025'],
    ['1e-8', '1e-8', '0.00000003', '0.00000007'],
  ])('passes multiples of a lot of %s and a tick of %s', (lot, tick, units, at) => {
    expect(problem(lot, tick, units, at)).toBeUndefined()
  })

  it.each([
    ['0.001', '0.1', '12.3451', '50000.1', 'quantity'],
    ['1', '0.00001', '7.5', '0.12345', 'quantity'],
    ['10', '0.5', '125', '100.5', 'quantity'],
    ['10', '0.5', '120', '100.4', 'price'],
    ['0.25', '25', '1.8', '50025', 'quantity'],
    ['0.25', '25', '1.75', '50024', 'price'],
    ['0.001', '0.1', '12.345', '50000.01', 'price'],
  ])('refuses with a lot of %s and a tick of %s: %s at %s', (lot, tick, units, at, blamed) => {
    expect(problem(lot, tick, units, at)).toMatch(new RegExp(`^${blamed} .* is not a multiple of`))
  })
})
