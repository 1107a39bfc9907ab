import { ACCOUNT_OPTION } from './account/find-account-option.ts'
import type { Command } from './command.ts'
import { EXIT } from './exit-code.ts'

/** `audit verify`: exit code 0 whole, 1 broken or unreadable, 2 not found. */
export const auditVerify: Command = {
  name: 'audit verify',
  description: 'Follow the hash chain of a journal’s audit, and name the first row that is not as it was written',
  arguments: [{ name: '[path]', description: 'a journal, or an account’s directory; else the account’s own' }],
  options: [ACCOUNT_OPTION],
  examples: ['audit verify', 'audit verify backup/journal.sqlite --json'],
  run: async (invocation) => {
    const { output, json } = invocation
    let [path] = invocation.arguments
    if (path === undefined) {
      const { findAccount } = await import('./account/find-account.ts')
      const found = await findAccount(invocation)
      if (found.kind === 'exit') return found.code
      path = found.directory
    }
    const { audit } = await import('../app/compose/audit.ts')
    const { file, verdict } = audit(path)
    if (json) output.json({ file, ...verdict })
    switch (verdict.kind) {
      case 'whole':
        if (!json)
          output.data(`${file}: ${verdict.rows} rows, every one as it was written; the last is ${verdict.hash}`)
        return EXIT.ok
      case 'broken': {
        const where = verdict.sequence === null ? '' : `row ${verdict.sequence}: `
        output.error(`${file} is broken: ${where}${verdict.message}`)
        return EXIT.error
      }
      case 'unreadable':
        output.error(`${file} was not verified: ${verdict.message}`)
        return EXIT.error
      case 'none':
        output.error(`There is no journal at ${file}.`)
        return EXIT.notFound
    }
  },
}
