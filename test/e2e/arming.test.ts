import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { lodestone } from './run-cli.ts'

const directory = mkdtempSync(join(tmpdir(), 'lodestone-arming-'))
afterAll(() => rmSync(directory, { recursive: true }))

const KEYS = { LODESTONE__EXCHANGE__KEY: 'armingKEY123', LODESTONE__EXCHANGE__SECRET: 'armingSECRET123' }
const FILE = join(directory, 'live.yaml')
writeFileSync(
  FILE,
  [
    'mode: live',
    `data_dir: ${join(directory, 'data')}`,
    'exchange: {name: bybit}',
    'risk: {max_order_usd: 500, max_position_usd: 1000, max_open_trades: 2}',
    'live: {max_loss_usd: 2000}',
  ].join('\n'),
)

describe('trade with mode: live', () => {
  it.each([
    ['--live', ['trade', '-c', FILE], KEYS, 'mode: live needs --live on the command line too'],
    ['keys', ['trade', '-c', FILE, '--live'], {}, 'there are no keys'],
    [
      'a limit',
      ['trade', '-c', FILE, '--live'],
      { ...KEYS, LODESTONE__RISK__MAX_ORDER_USD: 'null' },
      'risk.max_order_usd is not set',
    ],
    [
      'the accepted loss',
      ['trade', '-c', FILE, '--live'],
      { ...KEYS, LODESTONE__LIVE__MAX_LOSS_USD: 'null' },
      'live.max_loss_usd is not set',
    ],
    ['a person or a token', ['trade', '-c', FILE, '--live'], KEYS, 'nobody can confirm here'],
    [
      'a token that is one',
      ['trade', '-c', FILE, '--live', '--confirm', 'arm1.x'],
      KEYS,
      'the confirmation token is not one',
    ],
    [
      'mode: live',
      ['trade', '-c', FILE, '--mode', 'paper', '--live'],
      { ...KEYS, LODESTONE__EXCHANGE__NAME: 'embedded' },
      'mode is paper, not live',
    ],
    ['a person, for a token', ['arm', '-c', FILE], KEYS, 'arming needs a person at a terminal'],
  ])('is refused with 4 without %s', async (_, args, environment, sentence) => {
    const { code, out, err } = await lodestone(args, environment as Record<string, string>)
    expect([code, out]).toEqual([4, ''])
    expect(err).toContain(sentence)
    // Nothing was begun: not even the account's directory is there.
    expect(existsSync(join(directory, 'data'))).toBe(false)
  })
})
