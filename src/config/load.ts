import type { Problem } from '../domain/problem.ts'
import { toConfig } from './camel.ts'
import { contradictions } from './contradiction.ts'
import { readCredentials, withoutCredentials, type Credentials } from './credentials.ts'
import { resolveDryRun } from './dry-run.ts'
import { environment } from './environment.ts'
import { environmentLayer } from './environment-layer.ts'
import { readEnvFile } from './env-file.ts'
import { flagLayer, type Override } from './flag-layer.ts'
import { configHash } from './hash.ts'
import { DEFAULT_ORIGIN, originText, type Assignment, type Origin } from './origin.ts'
import { createOverlay } from './overlay.ts'
import { configSchema, type Config, type FileConfig } from './schema.ts'
import { snippet } from './snippet.ts'
import { readTextFile } from './text-file.ts'
import { issueProblem } from './validate.ts'
import { yamlLayer } from './yaml-layer.ts'

export interface ConfigRequest {
  /** Configuration files, later ones win; none means the built-in defaults. */
  readonly files?: readonly string[]
  /** Defaults to the process's environment. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  readonly overrides?: readonly Override[]
  /** A file of variables; the process's own environment wins over it. */
  readonly envFile?: string
}

export type ConfigResult =
  | {
      readonly kind: 'ok'
      readonly config: Config
      /** The same in the file's spelling. */
      readonly file: FileConfig
      /** Where each value came from, by its dotted path. */
      readonly origins: ReadonlyMap<string, Origin>
      /** Of the effective configuration; equal for equal values, wherever they came from. */
      readonly hash: string
      /** Of the exchange; kept apart, so that nothing that shows or stores a configuration can show them. */
      readonly credentials: Credentials | null
    }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] }

/** The effective configuration: defaults < files < environment < command line. Reads the files, never throws for their content. */
export function loadConfig(request: ConfigRequest = {}): ConfigResult {
  const problems: Problem[] = []
  const texts = new Map<string, string>()
  const assignments: Assignment[] = []
  for (const file of request.files ?? []) {
    const read = readTextFile(file)
    if ('problem' in read) {
      problems.push(read.problem)
      continue
    }
    texts.set(file, read.text)
    const layer = yamlLayer(file, read.text)
    assignments.push(...layer.assignments)
    problems.push(...layer.problems)
  }
  const fromFile = request.envFile === undefined ? { variables: {}, problems: [] } : readEnvFile(request.envFile)
  problems.push(...fromFile.problems)
  const all = { ...fromFile.variables, ...(request.environment ?? environment()) }
  const variables = environmentLayer(withoutCredentials(all))
  const credentials = readCredentials(all)
  problems.push(...variables.problems, ...credentials.problems)
  assignments.push(...variables.assignments, ...flagLayer(request.overrides ?? []))

  const defaults = configSchema.parse({})
  const resolved = resolveDryRun(assignments, defaults.mode)
  problems.push(...resolved.problems)
  const overlay = createOverlay(defaults)
  for (const assignment of resolved.assignments) overlay.assign(assignment)

  const parsed = configSchema.safeParse(overlay.tree)
  if (parsed.success && problems.length === 0) {
    const file = parsed.data
    const clashes = contradictions(file, (path) => originText(overlay.originOf(path.split('.')) ?? DEFAULT_ORIGIN))
    if (clashes.length > 0) return { kind: 'invalid', problems: clashes }
    return {
      kind: 'ok',
      config: toConfig(file),
      file,
      origins: overlay.origins(),
      hash: configHash(file),
      credentials: credentials.credentials,
    }
  }
  for (const issue of parsed.error?.issues ?? []) {
    const origin = overlay.originOf(issue.path.map(String)) ?? DEFAULT_ORIGIN
    problems.push(issueProblem(issue, overlay.tree, originText(origin), snippetAt(origin, texts)))
  }
  return { kind: 'invalid', problems }
}

function snippetAt(origin: Origin, texts: ReadonlyMap<string, string>): string | null {
  const text = origin.kind === 'file' ? texts.get(origin.file) : undefined
  return origin.kind === 'file' && text !== undefined ? snippet(text, origin.line, origin.column) : null
}
