export * from './classifier'
