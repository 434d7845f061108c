/**
 * What a classifier gets right and wrong: {@link conv4j.evaluation.Classification} holds its outputs beside the labels;
 * confusion matrix, precision and recall, and calibration are computed from it on the host.
 */
package conv4j.evaluation;
