import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { buildHash } from '../../../../src/app/compose/build-hash.ts'
import { scratch } from '../../../fixture/journal-scene.ts'

let place: ReturnType<typeof scratch>
beforeEach(() => {
  place = scratch()
  mkdirSync(join(place.path, 'src/deep'), { recursive: true })
  write('package.json', '{}')
  write('src/main.ts', 'run()')
  write('src/deep/rule.ts', 'allow')
})
afterEach(() => place.remove())

const write = (file: string, content: string): void => writeFileSync(join(place.path, file), content)
const now = (): string => buildHash(place.path)

test('names the sources as well as the packages: the same twice, another after any change', () => {
  const first = now()
  expect(first).toMatch(/^[0-9a-f]{16}$/)
  expect(now()).toBe(first)
  const seen = [first]
  write('src/deep/rule.ts', 'deny')
  seen.push(now())
  renameSync(join(place.path, 'src/deep/rule.ts'), join(place.path, 'src/deep/rules.ts'))
  seen.push(now())
  write('package-lock.json', '{}')
  seen.push(now())
  expect(new Set(seen).size).toBe(4)
  write('notes.md', 'no part of it')
  expect(now()).toBe(seen.at(-1))
})
