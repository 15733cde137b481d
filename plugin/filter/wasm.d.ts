// The part of the WebAssembly JavaScript interface that is used here. Node's types leave it out when the
// DOM's are not loaded.
declare namespace WebAssembly {
  type ImportExportKind = 'function' | 'global' | 'memory' | 'table'

  class Module {
    constructor(bytes: Uint8Array)
    static imports(module: Module): { module: string; name: string; kind: ImportExportKind }[]
    static exports(module: Module): { name: string; kind: ImportExportKind }[]
  }

  /** `E`: what the module exports, as its caller knows it. */
  class Instance<E = Record<string, unknown>> {
    constructor(module: Module, imports?: Record<string, Record<string, unknown>>)
    readonly exports: E
  }

  class Memory {
    private constructor()
    readonly buffer: ArrayBuffer
    grow(pages: number): number
  }
}
