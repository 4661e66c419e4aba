import { access, constants, realpath, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { TechnicalError } from '#server/domain/errors.ts'
import { notFound, steadyBytes } from '../steady-file.ts'

export type OpenedFile = { readonly name: string; readonly bytes: AsyncIterable<Uint8Array>; readonly size: number }

/** One local file that a person names. Links are followed: the person may read the file, or it fails. An empty file is a delivery too: the run says so. */
export async function openFile(path: string, maxBytes: number): Promise<OpenedFile> {
  const { target, found } = await look(path)
  if (found.isDirectory()) throw new TechnicalError('source_not_found', `${path} is a folder, not a file`)
  if (!found.isFile()) throw new TechnicalError('source_not_found', `${path} is a device or a pipe, not a file`)
  const name = basename(path)
  if (found.size > maxBytes) {
    throw new TechnicalError('file_too_large', `${name} has ${found.size} bytes, the job allows ${maxBytes}`)
  }
  return { name, bytes: steadyBytes(target, name, found), size: found.size }
}

async function look(path: string) {
  try {
    const target = await realpath(path)
    await access(target, constants.R_OK)
    return { target, found: await stat(target) }
  } catch (error) {
    throw notFound(error, path)
  }
}
