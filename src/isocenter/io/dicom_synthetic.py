r"""An image that a model made -> DICOM, marked as what it is.

In:   an image of one channel on the grid of a DICOM image, and that image: a folder of slices, or one file of one frame.
Out:  a folder with a Secondary Capture object a slice, of the source's patient and study and a series of their own, with the
      source's geometry: ImageType DERIVED\\SECONDARY, ConversionType SYN ("synthetic image"), the equipment that contributed, the
      slice it was made from, and the sentence "synthetic image, not for diagnosis" where viewers show it.
Not:  never an object of the source's class: software that measures CT or MR must not take it for one. No color, no times, no
      multi-frame sources: those answers stay NIfTI.

Reference: DICOM PS3.3 A.8.1 (Secondary Capture), C.8.6.1 (ConversionType), C.12.1.1.5 (contributing equipment)
"""

from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, SecondaryCaptureImageStorage, generate_uid

from isocenter.core.errors import FileError, GeometryError
from isocenter.core.image import Image
from isocenter.io.dicom_header import get, quiet, read_dataset
from isocenter.io.dicom_pixels import frame_count
from isocenter.io.dicom_series import read_series
from isocenter.io.file_kind import split_fragment
from isocenter.io.images import open_image
from isocenter.io.whole_file import write_whole

_KEPT = (
    "PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyInstanceUID", "StudyDate", "StudyTime", "StudyID",
    "AccessionNumber", "ReferringPhysicianName", "FrameOfReferenceUID", "PositionReferenceIndicator", "ImagePositionPatient",
    "ImageOrientationPatient", "PixelSpacing", "SliceThickness", "PatientOrientation", "Laterality", "BodyPartExamined",
)  # fmt: skip
"""What an object keeps of the slice it was made from: whose it is, and where it lies."""
_SERIES_NUMBER = 901
_PLAIN = "derived image, for research"
"""What an image says that no model made: a filter's."""
_MODIFYING = ("109103", "DCM", "Modifying Equipment")


def writable(image: Image, source: Path) -> bool:
    """Tell whether an image can be written as such objects: one gray channel, on the grid of a source of plain slices."""
    try:
        paths = _slices_of(source)
    except FileError:
        return False
    return bool(paths) and len(image.channels) == 1 and not image.grid.times_s and image.grid.same_as(open_image(source).grid)


def write_dicom_synthetic(image: Image, source: Path, folder: Path, *, made_by: str, burned_in: bool = False) -> Path:
    """Write an object a slice into a folder of its own. Returns the folder.

    source    : the folder (or file) of the image it was made from
    made_by   : what made it, as stored in the objects
    burned_in : the pixels themselves say so already; stored as BurnedInAnnotation

    GeometryError if it lies elsewhere than the source; FileError for sources and images that cannot be such objects.
    """
    paths = _slices_of(source)
    if not paths or len(image.channels) != 1:
        raise FileError(
            f"{folder}: expected an image of one channel made from DICOM slices, got {len(image.channels)} channels from {source}. "
            "Write it as .nii.gz instead."
        )
    if not image.grid.same_as(open_image(source).grid):
        raise GeometryError(f"{folder}: expected an image on the grid of {source}, got another. Write it as .nii.gz instead.")
    samples = image.array()[0]
    slices = samples[..., None] if samples.ndim == 2 else samples
    stored, slope, intercept = _stored(slices)
    shown = np.nanpercentile(slices, (0.5, 99.5))
    series = generate_uid()
    folder.mkdir(parents=True, exist_ok=True)
    for k, path in enumerate(paths):
        made = _object(read_dataset(path), stored[:, :, k].T, series=series, number=k + 1, note=image.note, made_by=made_by)
        made.RescaleSlope, made.RescaleIntercept = f"{slope:.8g}", f"{intercept:.8g}"
        made.RescaleType = "HU" if image.unit == "HU" else "US"
        made.WindowCenter, made.WindowWidth = f"{np.mean(shown):.6g}", f"{max(shown[1] - shown[0], 1.0):.6g}"
        made.BurnedInAnnotation = "YES" if burned_in else "NO"
        write_whole(folder / f"{k + 1:04d}.dcm", partial(_save, made))
    return folder


def _slices_of(source: Path) -> tuple[Path, ...]:
    """The files of a source, slice by slice; none for what is no series of single frames."""
    bare, fragment = split_fragment(Path(source))
    if not bare.is_dir():
        return (bare,) if frame_count(read_dataset(bare)) == 1 else ()
    series = read_series(bare, number_=fragment)
    several = bool(series.grid.times_s) or (len(series.paths) == 1 and frame_count(read_dataset(series.paths[0])) > 1)
    return () if several else series.paths


def _stored(samples: NDArray[Any]) -> tuple[NDArray[np.int16], float, float]:
    """Samples as 16 bit, with slope and intercept: whole numbers stay what they are, others keep 16 bits of their span."""
    low, high = float(np.nanmin(samples, initial=0)), float(np.nanmax(samples, initial=0))
    clean = np.nan_to_num(samples, nan=low)
    if np.issubdtype(samples.dtype, np.integer) and low >= -(2**15) and high < 2**15:
        return clean.astype(np.int16), 1.0, 0.0
    slope = (high - low) / (2**16 - 1) or 1.0
    return (np.round((clean - low) / slope) - 2**15).astype(np.int16), slope, low + slope * 2**15


def _object(source: Dataset, pixels: NDArray[np.int16], *, series: str, number: int, note: str, made_by: str) -> FileDataset:
    """One slice; pixels (rows, columns)."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    for name in _KEPT:
        if name in source:
            made[name] = source[name]
    made.SOPClassUID, made.SOPInstanceUID = SecondaryCaptureImageStorage, meta.MediaStorageSOPInstanceUID
    made.SeriesInstanceUID, made.SeriesNumber, made.InstanceNumber = series, _SERIES_NUMBER, number
    kind = "SYNTHETIC" if note else "FILTERED"
    made.ImageType, made.ConversionType, made.Modality = ["DERIVED", "SECONDARY", "OTHER", kind], "SYN" if note else "WSD", "OT"
    note = note or _PLAIN
    made.SeriesDescription, made.ImageComments, made.DerivationDescription = note[:64], note, f"{note}; made by {made_by}"[:1024]
    made.ContentQualification = "RESEARCH"
    made.Manufacturer, made.ManufacturerModelName, made.SoftwareVersions = "Isocenter", made_by[:64], version("isocenter")
    made.ContributingEquipmentSequence = Sequence([_equipment(made_by, note)])
    if get(source, "SOPInstanceUID") is not None and get(source, "SOPClassUID") is not None:
        referred = Dataset()
        referred.ReferencedSOPClassUID, referred.ReferencedSOPInstanceUID = source.SOPClassUID, source.SOPInstanceUID
        made.SourceImageSequence = Sequence([referred])
    made.Rows, made.Columns = pixels.shape
    made.SamplesPerPixel, made.PhotometricInterpretation, made.PixelRepresentation = 1, "MONOCHROME2", 1
    made.BitsAllocated, made.BitsStored, made.HighBit = 16, 16, 15
    made.PixelData = np.ascontiguousarray(pixels, "<i2").tobytes()
    return made


def _equipment(made_by: str, note: str) -> Dataset:
    item, purpose = Dataset(), Dataset()
    purpose.CodeValue, purpose.CodingSchemeDesignator, purpose.CodeMeaning = _MODIFYING
    item.PurposeOfReferenceCodeSequence = Sequence([purpose])
    item.Manufacturer, item.ManufacturerModelName, item.SoftwareVersions = "Isocenter", made_by[:64], version("isocenter")
    item.ContributionDescription = note
    return item


def _save(made: pydicom.Dataset, path: Path) -> None:
    with quiet():
        made.save_as(path, enforce_file_format=True)
