import { createHash, generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keyIdOf, signedNote, verifierKey } from './note.ts'
import { consistencyProof, inclusionProof, leafHash, rootOf, TILE, treeOn, wholeTiles, type Tree as KeptTree } from './tree.ts'
import { isConsistent, isIncluded, readKey, readNote, signerOf, leafHash as theirLeafHash, Tree } from './verify-audit.mjs'

// The leaves and figures by which implementations of RFC 6962 are compared.
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]
const [L01, L23, L67] = [
  '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
  '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
  '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
]
const L4 = 'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b'
const N67 = 'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0'
const N45 = '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const vectors = LEAVES.map((leaf) => leafHash(Buffer.from(leaf, 'hex')))

describe('the figures of RFC 6962', () => {
  test.each(ROOTS.map((root, size) => ({ root, size })))('root of $size leaves', async ({ root, size }) => {
    expect(hex(await rootOf(kept(vectors), size))).toBe(root)
    expect(hex(treeOf(vectors.slice(0, size)).root())).toBe(root)
  })

  // Leaves counted from 0.
  test.each([
    [0, 1, []],
    [0, 8, [L01, L23, L67]],
    [5, 8, [L4, N67, ROOTS[4]]],
    [2, 3, [ROOTS[2]]],
    [1, 5, [ROOTS[1], L23, L4]],
  ])('leaf %i in %i', async (index, size, proof) => {
    expect((await inclusionProof(kept(vectors), index, size)).map(hex)).toEqual(proof)
    const given = proof.map((hash) => Buffer.from(hash!, 'hex'))
    expect(isIncluded(index, size, vectors[index]!, given, Buffer.from(ROOTS[size]!, 'hex'))).toBe(true)
  })

  test.each([
    [1, 1, []],
    [1, 8, [L01, L23, L67]],
    [6, 8, [N45, N67, ROOTS[4]]],
    [2, 5, [L23, L4]],
  ])('from %i to %i', async (older, size, proof) => {
    expect((await consistencyProof(kept(vectors), older, size)).map(hex)).toEqual(proof)
    const given = proof.map((hash) => Buffer.from(hash!, 'hex'))
    const [before, now] = [ROOTS[older]!, ROOTS[size]!].map((root) => Buffer.from(root, 'hex'))
    expect(isConsistent(older, before!, size, now!, given)).toBe(true)
  })
})

test('a leaf is hashed alike by the log and by the script', () => {
  fc.assert(fc.property(fc.string(), (text) => leafHash(text).equals(theirLeafHash(text))))
})

describe('trees of several tiles', () => {
  const leaves = Array.from({ length: TILE * TILE + TILE + 7 }, (_, i) => leafHash(`leaf ${i}`))
  const read = kept(leaves)
  const roots = new Map<number, Buffer>()
  const tree = new Tree()
  for (const leaf of leaves) {
    tree.add(leaf)
    roots.set(tree.size, tree.root())
  }
  const SIZES = [1, 2, 255, 256, 257, 511, 512, 1000, 65_535, 65_536, 65_537, leaves.length]
  const size = fc.oneof(fc.constantFrom(...SIZES), fc.integer({ min: 1, max: leaves.length }))

  test('roots from what is kept are the roots of the leaves', async () => {
    await fc.assert(
      fc.asyncProperty(size, async (of) => {
        expect(hex(await rootOf(read, of))).toBe(hex(roots.get(of)!))
      }),
    )
  })

  test('a leaf is included where it is, and nowhere else', async () => {
    const place = size.chain((of) => fc.tuple(fc.constant(of), fc.nat(of - 1), fc.nat(30), fc.nat(of - 1)))
    await fc.assert(
      fc.asyncProperty(place, async ([of, index, spoilt, other]) => {
        const proof = (await inclusionProof(read, index, of)).map((hash) => Buffer.from(hash))
        const root = roots.get(of)!
        expect(isIncluded(index, of, leaves[index]!, proof, root)).toBe(true)
        expect(isIncluded(other, of, leaves[index]!, proof, root)).toBe(other === index)
        expect(isIncluded(index, of, leaves[index]!, [...proof, root], root)).toBe(false)
        const touched = proof.map((hash, i) => (i === spoilt % proof.length ? leafHash(hash) : hash))
        if (proof.length > 0) expect(isIncluded(index, of, leaves[index]!, touched, root)).toBe(false)
      }),
    )
  })

  test('a tree goes on from each of its earlier sizes, and from no other', async () => {
    const two = fc.tuple(size, size, fc.nat(30)).map(([a, b, c]) => [Math.min(a, b), Math.max(a, b), c] as const)
    await fc.assert(
      fc.asyncProperty(two, async ([older, of, spoilt]) => {
        const proof = (await consistencyProof(read, older, of)).map((hash) => Buffer.from(hash))
        const [before, now] = [roots.get(older)!, roots.get(of)!]
        expect(isConsistent(older, before, of, now, proof)).toBe(true)
        expect(isConsistent(older, leafHash(before), of, now, proof)).toBe(false)
        const touched = proof.map((hash, i) => (i === spoilt % proof.length ? leafHash(hash) : hash))
        if (proof.length > 0) expect(isConsistent(older, before, of, now, touched)).toBe(false)
      }),
    )
  })
})

describe('signed notes', () => {
  // The key and note that the form is known by.
  const known = {
    origin: 'PeterNeumann',
    body: "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n",
    signature: 'x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=',
    key: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  }

  test('a note of others is read as they read it', () => {
    const bytes = Buffer.from(known.signature, 'base64')
    const signatures = [{ name: known.origin, id: hex(bytes.subarray(0, 4)), bytes: bytes.subarray(4) }]
    const key = readKey(known.key)!
    expect(signerOf({ ...known, signatures }, [key]).key).toBe(key)
    expect(signerOf({ ...known, body: known.body.replace('you', 'I'), signatures }, [key]).fault).toContain('wrong')
  })

  const { privateKey } = generateKeyPairSync('ed25519')
  const root = createHash('sha256').digest()
  const note = signedNote({ origin: 'log.test/one', size: 7, root, signedAt: new Date('2026-11-21T12:00:00Z') }, [privateKey])
  const key = readKey(verifierKey('log.test/one', privateKey))!

  test('ours is of the form, and known by its key', () => {
    expect(note).toMatch(
      /^log\.test\/one\n7\n47DEQpj8HBSa\+\/TImW\+5JCeuQeRkm5NMpJWZG3hSuFU=\nsigned-at 2026-11-21T12:00:00\.000Z\n\n— log\.test\/one \S{92}\n$/,
    )
    expect(readNote(note)).toMatchObject({ origin: 'log.test/one', size: 7, root, signedAt: '2026-11-21T12:00:00.000Z' })
    expect(signerOf(readNote(note)!, [key]).key).toBe(key)
    expect(keyIdOf(verifierKey('log.test/one', privateKey))).toBe(key.id)
  })

  test('no character of a note can be another', () => {
    for (let at = 0; at < note.length; at++) {
      const touched = `${note.slice(0, at)}${note[at] === 'A' ? 'B' : 'A'}${note.slice(at + 1)}`
      const read = readNote(touched)
      expect(read && signerOf(read, [key]).key, `${at}: ${touched.slice(at - 5, at + 5)}`).toBeFalsy()
    }
  })

  test('a key that is not its own name is none', () => {
    expect(readKey(known.key.replace('c74f20a3', 'c74f20a4'))).toBeNull()
    expect(readKey(known.key.replace('PeterNeumann', 'PeterNeuman'))).toBeNull()
    const other = readKey(verifierKey('log.test/one', generateKeyPairSync('ed25519').privateKey))!
    expect(signerOf(readNote(note)!, [other]).fault).toContain(other.id)
  })
})

function treeOf(leaves: readonly Uint8Array[]): Tree {
  const tree = new Tree()
  for (const leaf of leaves) tree.add(leaf)
  return tree
}

/** As the database keeps it: the leaves, and of each level above the nodes that are whole. */
function kept(leaves: readonly Uint8Array[]): KeptTree {
  const levels: Uint8Array[][] = [[...leaves]]
  while (levels.at(-1)!.length >= TILE) levels.push(wholeTiles(levels.at(-1)!))
  return treeOn(async (level, from, count) => {
    const found = levels[level]!.slice(from, from + count)
    if (found.length !== count || Math.floor(from / TILE) !== Math.floor((from + count - 1) / TILE))
      throw new Error(`level ${level} from ${from}: ${count}`)
    return found
  })
}
