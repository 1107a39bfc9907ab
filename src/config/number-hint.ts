import { convertUnit, splitKey, unitNamed } from './key-unit.ts'

const NUMBER_WITH_UNIT = /^\s*\$?\s*([+-]?\d[\d_, ]*(?:\.\d+)?|[+-]?\.\d+)\s*(%|[A-Za-z]*)\s*$/

/** What to write where a number was expected and text like `5%` or `0.5R` stands; `null` where the text is no number. */
export function numberTextHint(key: string, text: string): string | null {
  const match = NUMBER_WITH_UNIT.exec(text)
  if (!match) return null
  const value = Number(match[1]!.replace(/[_, ]/g, ''))
  const word = match[2]!
  const wanted = splitKey(key).unit
  const meaning = wanted ? `; ${key} is ${wanted.meaning}` : ''
  if (word === '') return `Write the number alone, without quotes: ${value}${meaning}`
  const given = word.toLowerCase() === 'x' ? wanted : unitNamed(word)
  if (!given)
    return word.toLowerCase() === 'x' ? `Write the number alone: ${value}` : `Write the number alone${meaning}`
  if (!wanted) return `Write the number alone: ${value}`
  const converted = convertUnit(value, given, wanted)
  return converted === undefined
    ? `${word} is another unit than this key’s${meaning}`
    : `Write the number alone: ${converted}${meaning}`
}
