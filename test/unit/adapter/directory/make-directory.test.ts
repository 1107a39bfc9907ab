import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { platform, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { makeDirectory } from '../../../../src/adapter/directory/make-directory.ts'

const root = mkdtempSync(join(tmpdir(), 'lodestone-directory-'))
afterAll(() => rmSync(root, { recursive: true }))

it('makes all that is missing, with the mode, and is content with what is there', () => {
  const deep = join(root, 'a', 'b', 'c')
  makeDirectory(deep, 0o700)
  makeDirectory(deep, 0o700)
  expect(statSync(deep).isDirectory()).toBe(true)
  expect(statSync(join(root, 'a')).mode & 0o777).toBe(0o700)
})

it('throws below a file and at a link that leads nowhere', () => {
  writeFileSync(join(root, 'file'), '')
  symlinkSync(join(root, 'gone'), join(root, 'link'))
  expect(() => makeDirectory(join(root, 'file', 'x', 'y'))).toThrow('ENOTDIR')
  expect(() => makeDirectory(join(root, 'link'))).toThrow('EEXIST')
})

it.runIf(platform() === 'linux')('comes back from /proc, which knows no new directories', () => {
  expect(() => makeDirectory('/proc/lodestone/x')).toThrow('ENOENT')
})
