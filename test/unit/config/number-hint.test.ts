import { describe, expect, it } from 'vitest'
import { numberTextHint } from '../../../src/config/number-hint.ts'

describe('numberTextHint', () => {
  it.each([
    ['max_drawdown_pct', '5%', 'Write the number alone: 5;'],
    ['free_margin_ratio', '10 %', 'Write the number alone: 0.1;'],
    ['max_funding_bp', '0.05%', 'Write the number alone: 5;'],
    ['break_even_r', '0.5R', 'Write the number alone: 0.5;'],
    ['stale_after_secs', '500ms', 'Write the number alone: 0.5;'],
    ['cooldown_hours', '2d', 'Write the number alone: 48;'],
    ['max_order_usd', '$5,000', 'Write the number alone, without quotes: 5000;'],
    ['leverage', '5x', 'Write the number alone: 5'],
    ['leverage', '5', 'Write the number alone, without quotes: 5'],
    ['dry_run_wallet', '10_000', 'Write the number alone, without quotes: 10000'],
  ])('%s: %s', (key, text, hint) => {
    expect(numberTextHint(key, text)).toContain(hint)
  })

  it('names the unit of the key', () => {
    expect(numberTextHint('max_drawdown_pct', '5%')).toContain('max_drawdown_pct is in percent (1 means 1 %)')
    expect(numberTextHint('max_drawdown_pct', '3 days')).toBe(
      'days is another unit than this key’s; max_drawdown_pct is in percent (1 means 1 %)',
    )
  })

  it('guesses no factor that it does not know', () => {
    expect(numberTextHint('max_order_usd', '5k')).toBe('Write the number alone; max_order_usd is in US dollars')
  })

  it('has nothing to say about text that is no number', () => {
    expect(numberTextHint('leverage', 'high')).toBeNull()
    expect(numberTextHint('leverage', '')).toBeNull()
  })
})
