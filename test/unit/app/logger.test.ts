import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openLogger } from '../../../src/app/logger.ts'
import { openRotatingFile } from '../../../src/app/rotating-file.ts'
import { createScrubber } from '../../../src/config/scrubber.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lodestone-log-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const SECRET = 'canaryLOGSECRET0123456789'

describe('the log', () => {
  it('holds no secret, whatever it came in', () => {
    const scrubber = createScrubber()
    scrubber.learn(SECRET)
    const file = join(directory, 'a', 'lodestone.log')
    const shown: string[] = []
    const { logger, close } = openLogger({ level: 'debug', file, stderr: (line) => shown.push(line), scrubber })
    const url = `https://fapi.example/fapi/v1/order?apiKey=${SECRET}&signature=00112233445566778899`
    const cause = Object.assign(new Error(`connect ${url}`), { config: { headers: { 'X-MBX-APIKEY': SECRET } } })
    const nested = new Error(`binanceusdm POST ${url} 401 {"code":-2015,"msg":"${SECRET}"}`, { cause })
    logger.debug({ headers: { auth: Buffer.from(`u:${SECRET}`).toString('base64') } }, 'request')
    logger.info(SECRET)
    logger.warn({ [SECRET]: 1 }, 'as a key')
    logger.error(nested, `failed ${SECRET}`)
    logger.fatal({ err: nested, list: [[{ deep: encodeURIComponent(SECRET) }]] })
    logger.child({ account: SECRET }).error('child')
    close()
    const text = readFileSync(file, 'utf8')
    const lines = text.trimEnd().split('\n')
    expect(lines).toHaveLength(6)
    for (const line of lines)
      expect(JSON.parse(line)).toMatchObject({ level: expect.any(Number), time: expect.stringMatching(/Z$/) })
    expect(lines.every((line) => line.includes('***'))).toBe(true)
    expect(text + shown.join('')).not.toMatch(/canaryLOGSECRET|001122334455/)
    expect(shown).toHaveLength(4)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('keeps to its level', () => {
    const file = join(directory, 'lodestone.log')
    const { logger, close } = openLogger({ level: 'warn', file, stderr: null })
    logger.info('quiet')
    logger.warn({ code: 'X' }, 'loud')
    close()
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ level: 40, code: 'X', msg: 'loud' })
  })
})

describe('a rotating file', () => {
  it('keeps a bounded number of bounded files, the newest first', () => {
    const path = join(directory, 'x.log')
    const file = openRotatingFile(path, { maxBytes: 100, keep: 2 })
    for (let n = 10; n < 60; n++) file.write(`line ${n} ${'.'.repeat(11)}\n`)
    file.close()
    expect(readdirSync(directory).toSorted()).toEqual(['x.log', 'x.log.1', 'x.log.2'])
    for (const name of readdirSync(directory)) expect(statSync(join(directory, name)).size).toBeLessThanOrEqual(100)
    expect(readFileSync(path, 'utf8')).toContain('line 59')
    expect(readFileSync(`${path}.1`, 'utf8')).not.toContain('line 59')
    expect(file.lost).toBe(0)
  })

  it.runIf(process.platform === 'linux')('does not hang where its directory cannot be made', () => {
    expect(() => openRotatingFile('/proc/lodestone/logs/x.log')).toThrow('ENOENT')
  })

  it('goes on where it was left, and counts what it cannot write', () => {
    const path = join(directory, 'x.log')
    for (const text of ['a\n', 'b\n']) {
      const file = openRotatingFile(path)
      file.write(text)
      file.close()
      file.write('after\n')
      expect(file.lost).toBe(1)
    }
    expect(readFileSync(path, 'utf8')).toBe('a\nb\n')
    expect(existsSync(`${path}.1`)).toBe(false)
  })
})
