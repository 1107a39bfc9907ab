import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { TRADE_EXITS } from '../../src/domain/trade.ts'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const quoted = (source: string, type: string): readonly string[] => {
  const body = source.slice(source.indexOf(`export type ${type} =`)).split('\n\n')[0]!
  return [...body.matchAll(/'(\w+)'/g)].map((match) => match[1]!)
}
const documented = (heading: string): readonly string[] => {
  const section = read('docs/reasons.md').split(`## ${heading}\n`)[1]!.split('\n## ')[0]!
  return [...section.matchAll(/^\| `(\w+)` \| \S/gm)].map((match) => match[1]!)
}

describe('docs/reasons.md', () => {
  it('explains every exit reason, and no other', () => {
    expect(documented('Exits').toSorted()).toEqual(TRADE_EXITS.toSorted())
  })

  it('explains every refusal, and no other', () => {
    const codes = quoted(read('src/domain/refusal.ts'), 'RefusalCode')
    expect(codes).toContain('KILL_LATCH')
    expect(documented('Refusals').toSorted()).toEqual(codes.toSorted())
  })
})
