import { expect, it } from 'vitest'
import { csvText } from '../../../src/backtest/csv-text.ts'

it('quotes what would break a line or a column', () => {
  expect(
    csvText(
      ['a', 'b'],
      [
        ['x,y', 'say "hi"'],
        ['two\nlines', null],
        [1.5, true],
      ],
    ),
  ).toBe('a,b\n"x,y","say ""hi"""\n"two\nlines",\n1.5,true\n')
})
