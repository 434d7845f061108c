/**
 * What a trained model looks like: {@link conv4j.report.ModelPictures} and {@link conv4j.report.ResultPictures} say what is
 * shown, {@link conv4j.report.Report} is a page with all of it.
 */
package conv4j.report;
