import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { lodestone, lodestoneProbe } from './run-cli.ts'

const directory = mkdtempSync(join(tmpdir(), 'lodestone-canary-'))
afterAll(() => rmSync(directory, { recursive: true }))

const KEY = 'canaryKEYq7r8s9t0u1v2'
const SECRET = 'canarySECRETa1b2/c3d4+e5=='
const PASSWORD = 'canaryPASSWORD!x y'.replace(' ', '_')
const ENVIRONMENT = {
  LODESTONE__EXCHANGE__KEY: KEY,
  LODESTONE__EXCHANGE__SECRET: SECRET,
  LODESTONE__EXCHANGE__PASSWORD: PASSWORD,
  LODESTONE__DATA_DIR: join(directory, 'data'),
}

/** Every spelling in which one of the canaries could be recognised. */
const CANARIES = [KEY, SECRET, PASSWORD].flatMap((secret) => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64').slice(0, 20),
  Buffer.from(secret).toString('base64url').slice(0, 20),
  Buffer.from(secret).toString('hex'),
])

function expectClean(text: string): void {
  for (const canary of CANARIES) expect(text.toLowerCase()).not.toContain(canary.toLowerCase())
}

function file(name: string, text: string, mode = 0o600): string {
  const path = join(directory, name)
  writeFileSync(path, text)
  chmodSync(path, mode)
  return path
}

describe('keys appear nowhere', () => {
  const yaml = file('secret.yaml', `exchange:\n  name: okx\n  secret: ${SECRET}\n  passphrase: "${PASSWORD}"\n`)
  const wrong = file('wrong.env', `LODESTONE__EXCHANGE__KEY=${KEY}\n${SECRET}\n`)
  const open = file('open.env', `LODESTONE__EXCHANGE__KEY=${KEY}\nLODESTONE__EXCHANGE__SECRET=${SECRET}\n`, 0o644)
  const live = ['--mode', 'live', '--live']

  it.each([
    ['what is in effect', ['show-config', '--sources'], 0],
    ['the same as JSON', ['show-config', '--json', '--sources'], 0],
    ['a file that holds them', ['show-config', '-c', yaml], 4],
    ['a broken file of keys', ['show-config', '--secrets', wrong], 4],
    ['an open file of keys', ['show-config', '--secrets', open], 4],
    ['an option', ['trade', `--key=${KEY}`, `--secret=${SECRET}`], 4],
    ['an option with a space', ['trade', '--secret', SECRET], 4],
    ['a value in the wrong place', ['trade', '--mode', SECRET], 4],
    ['a verb', [SECRET], 4],
    ['a refused arming', ['trade', ...live, '-v'], 4],
    ['a confirmation that is none', ['trade', ...live, '--confirm', SECRET], 4],
    ['an account that is none', ['status', '--account', KEY, '--json'], 2],
    ['a trade that is none', ['force-exit', SECRET], 2],
  ] as const)('%s', async (_, args, code) => {
    const ended = await lodestone(args, ENVIRONMENT)
    expectClean(ended.out + ended.err)
    expect(ended.out + ended.err).not.toBe('')
    expect(ended.code).toBe(code)
  })

  it('misspelt variables', async () => {
    const ended = await lodestone(['show-config'], {
      LODESTONE__EXCHANGE__SECRETS: SECRET,
      LODESTONE__EXCHANGE__API_KEY: KEY,
    })
    expect(ended.code).toBe(4)
    expectClean(ended.out + ended.err)
  })

  it('unexpected errors, also with the stack, and whatever a command prints', async () => {
    const url = `https://fapi.example/order?apiKey=${encodeURIComponent(KEY)}&timestamp=1&signature=0011223344556677`
    const bodies = [
      `throw new Error(${JSON.stringify(`binanceusdm POST ${url} 401 ${SECRET}`)}, { cause: ${JSON.stringify(SECRET)} })`,
      `throw ${JSON.stringify(SECRET)}`,
      `setTimeout(() => { throw new Error(${JSON.stringify(`late ${SECRET}`)}) }); await new Promise((done) => setTimeout(done, 500)); return 0`,
      `void Promise.reject(new Error(${JSON.stringify(`nobody waits ${SECRET}`)})); await new Promise((done) => setTimeout(done, 500)); return 0`,
      `process.emitWarning(${JSON.stringify(SECRET)}); invocation.output.json({ deep: ${JSON.stringify([KEY, SECRET])} }); console.log(${JSON.stringify(PASSWORD)}); return 0`,
    ]
    for (const body of bodies) {
      const learn = `Object.assign(process.env, ${JSON.stringify(ENVIRONMENT)}); const { loadConfig } = await import(${JSON.stringify(join(import.meta.dirname, '../../src/config/load.ts'))}); loadConfig();`
      const ended = await lodestoneProbe(`${learn} ${body}`, ['probe', '-v'])
      expectClean(ended.out + ended.err)
      expect(ended.out + ended.err).toContain('***')
      expect(ended.out + ended.err).not.toContain('0011223344556677')
    }
  })

  it('on disk', () => {
    const made = readdirSync(directory, { recursive: true, withFileTypes: true })
    const others = made.filter((entry) => entry.isFile() && !/^(secret.yaml|wrong.env|open.env)$/.test(entry.name))
    for (const entry of others) expectClean(readFileSync(join(entry.parentPath, entry.name), 'utf8'))
  })
})
