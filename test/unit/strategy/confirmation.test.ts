import { describe, expect, it } from 'vitest'
import { confirmationRefusals } from '../../../src/strategy/confirmation.ts'
import { codes, configFrom, falling, marketView, rising } from './scene.ts'

const { confirmation } = configFrom({})
const only = (part: 'trend' | 'rsi' | 'atr') =>
  configFrom({
    confirmation: {
      trend: { enabled: part === 'trend' },
      rsi: { enabled: part === 'rsi' },
      atr: { enabled: part === 'atr' },
    },
  }).confirmation

describe('technical confirmation', () => {
  it('has nothing against a trade with the trend', () => {
    expect(confirmationRefusals(rising(), 'LONG', confirmation)).toEqual([])
    expect(confirmationRefusals(falling(), 'SHORT', confirmation)).toEqual([])
  })

  it('refuses against the trend, and where there is none', () => {
    const trend = only('trend')
    expect(codes(confirmationRefusals(falling(), 'LONG', trend))).toEqual(['AGAINST_TREND'])
    expect(codes(confirmationRefusals(rising(), 'SHORT', trend))).toEqual(['AGAINST_TREND'])
    expect(codes(confirmationRefusals(marketView(), 'LONG', trend))).toEqual(['AGAINST_TREND'])
    expect(codes(confirmationRefusals(marketView(), 'SHORT', trend))).toEqual(['AGAINST_TREND'])
  })

  it('does not buy above RSI 80 nor sell below 20', () => {
    const rsi = only('rsi')
    expect(confirmationRefusals(marketView({ rsi: 80 }), 'LONG', rsi)).toEqual([])
    expect(codes(confirmationRefusals(marketView({ rsi: 80.1 }), 'LONG', rsi))).toEqual(['RSI_EXTREME'])
    expect(confirmationRefusals(marketView({ rsi: 80.1 }), 'SHORT', rsi)).toEqual([])
    expect(confirmationRefusals(marketView({ rsi: 20 }), 'SHORT', rsi)).toEqual([])
    expect(codes(confirmationRefusals(marketView({ rsi: 19.9 }), 'SHORT', rsi))).toEqual(['RSI_EXTREME'])
    expect(confirmationRefusals(marketView({ rsi: 19.9 }), 'LONG', rsi)).toEqual([])
  })

  it('asks for an ATR of 0.1 % to 5 % of the price', () => {
    const atr = only('atr')
    expect(confirmationRefusals(marketView({ atr: 1 }), 'LONG', atr)).toEqual([])
    expect(codes(confirmationRefusals(marketView({ atr: 0.99 }), 'LONG', atr))).toEqual(['VOLATILITY_WINDOW'])
    expect(confirmationRefusals(marketView({ atr: 50 }), 'LONG', atr)).toEqual([])
    expect(codes(confirmationRefusals(marketView({ atr: 50.1 }), 'LONG', atr))).toEqual(['VOLATILITY_WINDOW'])
  })

  it('says of each indicator that is not warm which one it is', () => {
    const cold = marketView({ atr: Number.NaN, rsi: Number.NaN, emaSlow: Number.NaN })
    expect(confirmationRefusals(cold, 'LONG', confirmation).map((r) => `${r.code}: ${r.message}`)).toEqual([
      'NOT_CONFIRMED: trend averages not known yet',
      'NOT_CONFIRMED: RSI not known yet',
      'NOT_CONFIRMED: ATR not known yet',
    ])
    expect(codes(confirmationRefusals(marketView({ emaFast: Number.NaN }), 'LONG', only('trend')))).toEqual([
      'NOT_CONFIRMED',
    ])
  })

  it('asks for nothing when it is off', () => {
    const off = configFrom({
      confirmation: { trend: { enabled: false }, rsi: { enabled: false }, atr: { enabled: false } },
    }).confirmation
    const cold = marketView({ atr: Number.NaN, rsi: Number.NaN, emaSlow: Number.NaN })
    expect(confirmationRefusals(cold, 'LONG', off)).toEqual([])
  })
})
