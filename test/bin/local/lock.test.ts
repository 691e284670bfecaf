import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lockState } from '../../../bin/local/lock.ts'
import { tempDir } from './temp-dir.ts'

const LOCK = new URL('../../../bin/local/lock.ts', import.meta.url).href

test('a second lock is refused and names the process, until the first is released', () => {
  const dir = tempDir()
  const first = lockState(dir)
  expect(lockState(dir)).toEqual({ kind: 'taken', pid: String(process.pid) })
  if (first.kind === 'locked') first.release()
  const third = lockState(dir)
  expect(third.kind).toBe('locked')
  if (third.kind === 'locked') third.release()
})

test('a lock ends with its process, also when that is killed', async () => {
  const dir = tempDir()
  const holder = spawn(process.execPath, [
    '--input-type=module',
    '-e',
    `import { lockState } from '${LOCK}'
     // Garbage collection would release a lock that nothing refers to.
     globalThis.lock = lockState('${dir}')
     console.log(globalThis.lock.kind)
     setInterval(() => {}, 1000)`,
  ])
  await once(holder.stdout, 'data')
  expect(lockState(dir)).toEqual({ kind: 'taken', pid: String(holder.pid) })
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  const lock = lockState(dir)
  expect(lock.kind).toBe('locked')
  if (lock.kind === 'locked') lock.release()
})

test('a folder of several levels is made', () => {
  const lock = lockState(join(tempDir(), 'one', 'two'))
  expect(lock.kind).toBe('locked')
  if (lock.kind === 'locked') lock.release()
})

test.runIf(process.platform === 'linux')('a folder in one that takes no new ones is unusable', () => {
  expect(lockState('/proc/fixture-7731/state')).toMatchObject({
    kind: 'unusable',
    why: expect.stringContaining('ENOENT'),
  })
})

test('a folder that cannot be made is unusable', () => {
  const file = join(tempDir(), 'a-file')
  writeFileSync(file, '')
  expect(lockState(join(file, 'state'))).toMatchObject({
    kind: 'unusable',
    why: expect.stringContaining('ENOTDIR'),
  })
})
