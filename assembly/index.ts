export * from './classifier'
export * from './masks'
