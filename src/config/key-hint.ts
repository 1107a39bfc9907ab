import { nearestWord } from './edit-distance.ts'
import { convertUnit, splitGivenKey, splitKey } from './key-unit.ts'
import { keysBelow, schemaTree, type SchemaNode } from './schema-tree.ts'

const nameOf = (node: SchemaNode): string => node.path.at(-1) ?? ''
const sectionOf = (node: SchemaNode): string => node.path.slice(0, -1).join('.')

/** The section a key stands in, in words. */
const placeName = (section: string): string => (section === '' ? 'top level' : section)

/** What to write instead of a key that does not exist in this section; the value helps where only the unit is wrong. */
export function unknownKeyHint(key: string, section: readonly string[], value: unknown): string {
  const all = [...keysBelow(schemaTree())]
  const here = section.join('.')
  const known = [...all.filter((node) => sectionOf(node) === here), ...all.filter((node) => sectionOf(node) !== here)]
  return elsewhere(key, known) ?? otherUnit(key, value, known) ?? similar(key, known) ?? listed(here, known)
}

function elsewhere(key: string, known: readonly SchemaNode[]): string | undefined {
  const same = known.filter((node) => nameOf(node) === key)
  if (same.length === 0) return undefined
  const places = same.slice(0, 3).map((node) => placeName(sectionOf(node)))
  return `${key} stands elsewhere: ${places.join(', ')}`
}

function otherUnit(key: string, value: unknown, known: readonly SchemaNode[]): string | undefined {
  const given = splitGivenKey(key)
  const related = known.filter((node) => node.kind !== 'section' && splitKey(nameOf(node)).stem === given.stem)
  const convertible = related.find((node) => splitKey(nameOf(node)).unit?.dimension === given.unit?.dimension)
  const meant = convertible ?? related[0]
  if (!meant) return undefined
  const { unit } = splitKey(nameOf(meant))
  if (!unit) return `Did you mean ${nameOf(meant)} (${placeName(sectionOf(meant))})?`
  const converted = given.unit && typeof value === 'number' ? convertUnit(value, given.unit, unit) : undefined
  const write = converted === undefined ? '' : `: write ${nameOf(meant)}: ${converted}`
  return `${meant.path.join('.')} is ${unit.meaning}${write}`
}

function similar(key: string, known: readonly SchemaNode[]): string | undefined {
  const name = nearestWord(key, known.map(nameOf))
  const meant = known.find((node) => nameOf(node) === name)
  return meant && `Did you mean ${nameOf(meant)} (${placeName(sectionOf(meant))})?`
}

function listed(here: string, known: readonly SchemaNode[]): string {
  const names = known.filter((node) => sectionOf(node) === here).map(nameOf)
  return `Keys here: ${names.join(', ')}`
}
