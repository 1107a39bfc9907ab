import { spawn, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lodestone, lodestoneProbe, shell } from './run-cli.ts'

const root = resolve(import.meta.dirname, '../..')

describe('lodestone', () => {
  it('says of each command and each group what it is for', async () => {
    const { out } = await lodestone(['--help'])
    const listed = out.slice(out.indexOf('Commands:')).trim().split('\n').slice(1)
    expect(listed.filter((line) => !/^ {2}\S.* {2,}\S/.test(line))).toEqual([])
  })

  it('helps, beginning with examples, with and without --help', async () => {
    const asked = await lodestone(['--help'])
    const bare = await lodestone([])
    expect([asked.code, asked.err]).toEqual([0, ''])
    expect(asked.out).toMatch(/^Examples:\n {2}npx lodestone /)
    expect(bare).toEqual(asked)
  })

  it('prints its version', async () => {
    const { version } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as { version: string }
    expect(await lodestone(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' })
  })

  it.each([
    [['shwo-config'], "unknown command 'shwo-config'", 'Did you mean show-config?'],
    [['show-config', '--source'], "unknown option '--source'", 'Did you mean --sources?'],
    [['show-config', 'x'], 'too many arguments', 'Run: npx lodestone show-config --help'],
    [['show-config', '-c'], 'argument missing', 'Run: npx lodestone'],
  ])('answers %j with a sentence and exit code 4', async (args, what, way) => {
    const { code, out, err } = await lodestone(args)
    expect([code, out]).toEqual([4, ''])
    expect(err).toContain(`lodestone: `)
    expect(err).toContain(what)
    expect(err).toContain(way)
    expect(err).not.toMatch(/\n\s+at /)
  })

  it('does not mind a reader that stops reading', async () => {
    const launcher = resolve(root, 'scripts/lodestone.mjs')
    const child = spawn(process.execPath, [launcher, 'schema'], { cwd: root })
    child.stdout.destroy()
    let err = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
    const code = await new Promise((done) => child.on('close', done))
    expect([code, err]).toEqual([0, ''])
  })
})

it('in a clone with nothing installed, npm’s postinstall passes and leaves nothing, and the launcher says what to do', () => {
  const clone = mkdtempSync(join(tmpdir(), 'lodestone-bare-'))
  try {
    cpSync(resolve(root, 'scripts'), join(clone, 'scripts'), { recursive: true })
    cpSync(resolve(root, 'package-lock.json'), join(clone, 'package-lock.json'))
    const run = (script: string) =>
      spawnSync(process.execPath, [join(clone, 'scripts', script), '--help'], { encoding: 'utf8' })
    expect(run('link-node.mjs')).toMatchObject({ status: 0, stdout: '', stderr: '' })
    expect(readdirSync(clone).sort()).toEqual(['package-lock.json', 'scripts'])
    expect(run('lodestone.mjs')).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('npm ci') })
  } finally {
    rmSync(clone, { recursive: true })
  }
})

describe('a command', () => {
  it('decides the exit code', async () => {
    expect((await lodestoneProbe('return 7', ['probe'])).code).toBe(7)
  })

  it('that fails unexpectedly is one line and exit code 1, the stack only with -v', async () => {
    const body = "throw new Error('the disk is on fire\\nand burns')"
    const plain = await lodestoneProbe(body, ['probe'])
    expect(plain).toEqual({
      code: 1,
      out: '',
      err: 'lodestone: unexpected error: the disk is on fire\n  This is a defect, not a mistake of yours. Run again with -v for the stack.\n',
    })
    const verbose = await lodestoneProbe(body, ['probe', '-v'])
    expect(verbose.code).toBe(1)
    expect(verbose.err).toMatch(/unexpected error: the disk is on fire\n[^]*\n\s+at /)
  })

  it('that fails unexpectedly ends, whatever it has left open', async () => {
    const { code, err } = await lodestoneProbe("setInterval(() => {}, 1_000); throw new Error('late')", ['probe'])
    expect([code, err]).toEqual([1, expect.stringContaining('unexpected error: late')])
  })

  it('that leaves a failure behind ends the same way', async () => {
    const body =
      "setTimeout(() => { throw new Error('late') }, 1); await new Promise((done) => setTimeout(done, 5_000)); return 0"
    const { code, err } = await lodestoneProbe(body, ['probe'])
    expect(code).toBe(1)
    expect(err).toContain('lodestone: unexpected error: late\n')
    expect(err).not.toMatch(/\n\s+at /)
  })

  it('stops in an orderly way at Ctrl-C, if it asked for that', async () => {
    const body =
      "const signal = invocation.interrupted(); const idle = setInterval(() => {}, 1_000); setTimeout(() => process.kill(process.pid, 'SIGINT'), 10);" +
      "await new Promise((done) => signal.addEventListener('abort', done)); clearInterval(idle); invocation.output.message('stopped'); return 130"
    expect(await lodestoneProbe(body, ['probe'])).toEqual({ code: 130, out: '', err: 'stopped\n' })
  })
})

it.runIf(existsSync('/dev/full')).each([['--json'], ['--quiet']])(
  'a full disk under stdout is told in a sentence (%s)',
  async (flag) => {
    const ended = await shell('"$0" "$@" >/dev/full', ['show-config', flag])
    expect(ended.err).toBe(
      'lodestone: stdout cannot be written: the disk is full (ENOSPC); free some space, or write elsewhere.\n',
    )
    expect(ended.code).toBe(1)
  },
)
