export default [{ contract: 1, type: 'a' }, { contract: 1, type: 'b' }];
